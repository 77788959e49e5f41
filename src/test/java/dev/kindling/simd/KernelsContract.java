package dev.kindling.simd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.Kernels.Affine;
import dev.kindling.kernel.Kernels.Truncation;
import dev.kindling.kernel.KernelsChoice;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.kernel.ScalarKernels;
import dev.kindling.random.Stream;
import dev.kindling.random.Stream.Purpose;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Holds kernels to the bits of {@link ScalarKernels}. It has a {@code main}, since one JVM can use
 * one vector width only: {@code java ... KernelsContract MODE NAME} ends with 0 if the mode gives
 * kernels of that name and they keep the contract, and prints the digest of what they drew.
 */
final class KernelsContract {
  private static final float UNTOUCHED = 12345f;
  private static final Stream STREAM = Stream.of(7, "layer.weight", Purpose.ELEMENTS);
  private static final Kernels SCALAR = new ScalarKernels();

  private static final List<Affine> AFFINES =
      List.of(
          new Affine(1, 0),
          new Affine(0.3f, -0.1f),
          new Affine(-2, 1e-3f),
          new Affine(0, 0),
          new Affine(Float.MIN_VALUE, 0),
          new Affine(1e38f, 1e38f),
          new Affine(Float.NaN, 0),
          new Affine(Float.POSITIVE_INFINITY, 1));

  private static final List<Filling> FILLINGS =
      List.of(
          Kernels::normal,
          Kernels::uniform,
          truncated(-2, 2),
          truncated(-1, 3),
          truncated(0, Double.POSITIVE_INFINITY),
          truncated(Double.NEGATIVE_INFINITY, 1.5),
          truncated(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY),
          truncated(5, 6),
          truncated(-6, -5),
          truncated(-9, 1e-4),
          truncated(-1e-12, 1));

  private static final int[] LENGTHS = {
    0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 300, 2047, 2048,
    2049, 2111, 4098
  };

  private static final long[] STARTS = {
    0, 1, 5, 16, 33, 63, 64, 1000, (1L << 34) - 70, (1L << 34) - 64, (1L << 38) - 1, 1L << 50
  };

  private KernelsContract() {}

  public static void main(String[] arguments) {
    KernelsChoice choice =
        KernelsLoader.load(KernelsMode.valueOf(arguments[0].toUpperCase(java.util.Locale.ROOT)));
    assertThat(choice.name()).isEqualTo(arguments[1]);
    verify(choice.kernels());
    System.out.printf("%08x%n", digest(choice.kernels()));
  }

  /** Compares every range twice: before and after the long fills had it compiled. */
  static void verify(Kernels kernels) {
    ProductContract.verify(kernels);
    ranges(kernels);
    for (Filling filling : FILLINGS) {
      longFills(kernels, filling);
    }
    ranges(kernels);
  }

  /** CRC-32 of the little-endian bytes of 2^16 values of each filling. */
  static long digest(Kernels kernels) {
    CRC32 crc = new CRC32();
    float[] values = new float[1 << 16];
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (Filling filling : FILLINGS) {
      filling.fill(kernels, STREAM, 0, new Affine(0.3f, -0.1f), values, 0, values.length);
      bytes.clear().asFloatBuffer().put(values);
      crc.update(bytes.array());
    }
    return crc.getValue();
  }

  private static void ranges(Kernels kernels) {
    for (Filling filling : FILLINGS) {
      for (Affine affine : AFFINES) {
        for (long start : STARTS) {
          range(kernels, filling, affine, start, LENGTHS[(int) (start % LENGTHS.length)], 0);
        }
        for (int length : LENGTHS) {
          range(kernels, filling, affine, 37, length, length % 7);
        }
      }
    }
  }

  private static void range(
      Kernels kernels, Filling filling, Affine affine, long start, int length, int offset) {
    float[] expected = new float[offset + length + 3];
    Arrays.fill(expected, UNTOUCHED);
    float[] actual = expected.clone();
    filling.fill(SCALAR, STREAM, start, affine, expected, offset, length);
    filling.fill(kernels, STREAM, start, affine, actual, offset, length);
    assertSameBits(actual, expected);
  }

  private static void longFills(Kernels kernels, Filling filling) {
    float[] expected = new float[1 << 19];
    float[] actual = new float[expected.length];
    filling.fill(SCALAR, STREAM, 3, AFFINES.get(1), expected, 0, expected.length);
    for (int i = 0; i < 30; i++) {
      filling.fill(kernels, STREAM, 3, AFFINES.get(1), actual, 0, actual.length);
      assertSameBits(actual, expected);
    }
  }

  /** {@code Arrays.mismatch} compares by floatToIntBits: NaNs are equal, -0 is not 0. */
  private static void assertSameBits(float[] actual, float[] expected) {
    assertThat(Arrays.mismatch(actual, expected)).isEqualTo(-1);
  }

  private static Filling truncated(double low, double high) {
    return (kernels, stream, start, affine, target, offset, length) ->
        kernels.truncatedNormal(
            stream, start, new Truncation(low, high), affine, target, offset, length);
  }

  /** A kernel. */
  @FunctionalInterface
  private interface Filling {
    void fill(
        Kernels kernels,
        Stream stream,
        long start,
        Affine affine,
        float[] target,
        int offset,
        int length);
  }
}
