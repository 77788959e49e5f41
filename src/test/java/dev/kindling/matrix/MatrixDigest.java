package dev.kindling.matrix;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.random.Stream;
import dev.kindling.random.Stream.Purpose;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.zip.CRC32;

/**
 * Prints the digest of matrices of many shapes and odd blocks, in both precisions. It has a {@code
 * main}, since one JVM can use one vector width only: {@code java ... MatrixDigest MODE}.
 */
final class MatrixDigest {
  /** Rows, columns, rows of a block. */
  static final int[][] SHAPES = {
    {1, 1, 1},
    {97, 97, 13},
    {192, 193, 100},
    {193, 192, 100},
    {31, 650, 7},
    {650, 31, 401},
    {331, 331, 331},
    {300, 200, 77},
    {5000, 20, 4999}
  };

  /** More than one block of columns of G, and of S. */
  static final int[][] LARGE = {{2600, 2100, 1300}};

  private MatrixDigest() {}

  public static void main(String[] arguments) {
    KernelsMode mode = KernelsMode.valueOf(arguments[0].toUpperCase(Locale.ROOT));
    System.out.printf("%08x%n", of(KernelsLoader.load(mode).kernels(), SHAPES));
  }

  static long of(Kernels kernels, int[][] shapes) {
    CRC32 crc = new CRC32();
    for (int[] shape : shapes) {
      Stream stream = Stream.of(5, "digest", Purpose.REFLECTIONS);
      HaarMatrix matrix = new HaarMatrix(kernels, stream, 17, shape[0], shape[1]);
      for (int from = 0; from < shape[0]; from += shape[2]) {
        int to = Math.min(shape[0], from + shape[2]);
        for (float element : matrix.rows(Precision.FLOAT32, from, to)) {
          crc.update(ByteBuffer.allocate(4).putFloat(element).flip());
        }
        for (double element : matrix.rows(Precision.FLOAT64, from, to)) {
          crc.update(ByteBuffer.allocate(8).putDouble(element).flip());
        }
      }
    }
    return crc.getValue();
  }
}
