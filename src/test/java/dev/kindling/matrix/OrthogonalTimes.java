package dev.kindling.matrix;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.kernel.MatrixKernels.Extent;
import dev.kindling.kernel.MatrixKernels.Place;
import dev.kindling.random.Stream;
import dev.kindling.random.Stream.Purpose;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * Answers lines on the standard input with seconds, for {@code bench/orthogonal.py}: {@code ROWS
 * COLUMNS HEIGHT} makes a float32 matrix in blocks of so many rows, every time another one, {@code
 * unitary ROWS COLUMNS} and {@code polar ROWS COLUMNS} make float64 ones as a whole, {@code product
 * N} multiplies two matrices of N x N.
 */
final class OrthogonalTimes {
  private final Kernels kernels = KernelsLoader.load(KernelsMode.SIMD).kernels();
  private int matrices;

  private OrthogonalTimes() {}

  public static void main(String[] arguments) throws IOException {
    OrthogonalTimes times = new OrthogonalTimes();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println(times.answer(line.split(" ")));
      }
    }
  }

  private double answer(String[] words) {
    int size = Integer.parseInt(words[1]);
    return switch (words[0]) {
      case "product" -> product(size);
      case "unitary" -> unitary(size, Integer.parseInt(words[2]));
      case "polar" -> polar(size, Integer.parseInt(words[2]));
      default -> matrix(Integer.parseInt(words[0]), size, Integer.parseInt(words[2]));
    };
  }

  private double matrix(int rows, int columns, int height) {
    Stream stream = stream(Purpose.REFLECTIONS);
    HaarMatrix matrix = new HaarMatrix(kernels, stream, 0, rows, columns);
    float[] block = new float[Math.min(rows, height) * columns];
    long start = System.nanoTime();
    for (int from = 0; from < rows; from += height) {
      matrix.rows(Precision.FLOAT32, from, Math.min(rows, from + height), block, 0);
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private double unitary(int rows, int columns) {
    UnitaryMatrix matrix =
        new UnitaryMatrix(kernels, stream(Purpose.UNITARY_REFLECTIONS), rows, columns);
    long start = System.nanoTime();
    matrix.rows(0, rows);
    return (System.nanoTime() - start) / 1e9;
  }

  private double polar(int rows, int columns) {
    Stream stream = stream(Purpose.ELEMENTS);
    long start = System.nanoTime();
    PolarMatrix.compute(kernels, stream, 0, rows, columns);
    return (System.nanoTime() - start) / 1e9;
  }

  private Stream stream(Purpose purpose) {
    return Stream.of(1, "matrix" + matrices++, purpose);
  }

  private double product(int size) {
    Stripes<float[]> b = new Stripes<>(Precision.FLOAT32, size, size);
    Stripes<float[]> c = new Stripes<>(Precision.FLOAT32, size, size);
    int stride = size + 16;
    float[] a = new float[size * stride];
    long start = System.nanoTime();
    for (int k = 0; k < size; k += 128) {
      int depth = Math.min(128, size - k);
      for (int i = 0; i < size; i += 120) {
        Place place = new Place(i * stride + k, stride, 1);
        int rows = Math.min(120, size - i);
        kernels.multiplyAdd(
            new Extent(rows, depth, b.count()),
            a,
            place,
            b.values(),
            b.series(0, k),
            c.values(),
            c.series(0, i));
      }
    }
    return (System.nanoTime() - start) / 1e9;
  }
}
