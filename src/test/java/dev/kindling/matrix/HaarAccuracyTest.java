package dev.kindling.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.kernel.MatrixKernels.Extent;
import dev.kindling.kernel.MatrixKernels.Place;
import dev.kindling.random.Stream;
import dev.kindling.random.Stream.Purpose;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How far from orthogonal: {@code max |W W^T - I|} of the smaller side, its products in float64,
 * for shapes that end within panels, stripes, chains and tiles. And that any block of rows has the
 * bits of the whole.
 */
class HaarAccuracyTest {
  private static final Kernels KERNELS = KernelsLoader.load(KernelsMode.AUTO).kernels();

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "1, 7, 1",
    "7, 1, 3",
    "2, 2, 1",
    "31, 37, 10",
    "97, 97, 96",
    "650, 650, 123",
    "191, 1024, 64",
    "1024, 191, 333",
    "4099, 64, 1000",
    "13, 5003, 5",
    "521, 509, 100",
    "1300, 1100, 300"
  })
  void smallMatrices(int rows, int columns, int height) {
    verify(rows, columns, height);
  }

  /** Minutes: {@code mvn test -P large -Dtest=HaarAccuracyTest}. */
  @Tag("large")
  @ParameterizedTest
  @CsvSource({
    "1024, 1024, 500",
    "1500, 1500, 512",
    "2048, 2048, 512",
    "4096, 4096, 1000",
    "4099, 4099, 1111",
    "65536, 256, 5000",
    "256, 65536, 100",
    "4096, 2048, 512",
    "5000, 2500, 700"
  })
  void largeMatrices(int rows, int columns, int height) {
    verify(rows, columns, height);
  }

  private static void verify(int rows, int columns, int height) {
    Stream stream = Stream.of(31, rows + "x" + columns, Purpose.REFLECTIONS);
    HaarMatrix matrix = new HaarMatrix(KERNELS, stream, 0, rows, columns);
    float[] single = matrix.rows(Precision.FLOAT32, 0, rows);
    double error = distance(Precision.FLOAT32, single, rows, columns);
    double[] twice = matrix.rows(Precision.FLOAT64, 0, rows);
    double finer = distance(Precision.FLOAT64, twice, rows, columns);
    System.out.printf("%d x %d: float32 %.2g, float64 %.2g%n", rows, columns, error, finer);

    assertThat(error).isLessThan(1e-6);
    assertThat(finer).isLessThan(1e-12);
    for (int from = 0; from < rows; from += height) {
      int to = Math.min(rows, from + height);
      assertThat(matrix.rows(Precision.FLOAT32, from, to))
          .isEqualTo(Arrays.copyOfRange(single, from * columns, to * columns));
    }
  }

  /** Products by our own kernel in float64, against which {@code ScalarProductTest} stands. */
  private static <A> double distance(Precision<A> precision, A w, int rows, int columns) {
    int size = Math.min(rows, columns);
    int length = Math.max(rows, columns);
    double[] transposed = new double[size * length];
    Stripes<double[]> right = new Stripes<>(Precision.FLOAT64, length, size);
    for (int i = 0; i < size; i++) {
      for (int k = 0; k < length; k++) {
        double element = precision.at(w, rows <= columns ? i * columns + k : k * columns + i);
        transposed[i * length + k] = element;
        right.set(k, i, element);
      }
    }
    double distance = 0;
    Stripes<double[]> product = new Stripes<>(Precision.FLOAT64, size, size);
    for (int k = 0; k < length; k += 128) {
      KERNELS.multiplyAdd(
          new Extent(size, Math.min(128, length - k), right.count()),
          transposed,
          new Place(k, length, 1),
          right.values(),
          right.series(0, k),
          product.values(),
          product.series(0, 0));
    }
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        distance = Math.max(distance, Math.abs(product.at(i, j) - (i == j ? 1 : 0)));
      }
    }
    return distance;
  }
}
