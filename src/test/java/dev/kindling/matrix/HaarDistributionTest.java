package dev.kindling.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.kernel.ScalarKernels;
import dev.kindling.random.Stream;
import dev.kindling.random.Stream.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Moments of the Haar measure over 20,000 matrices at a fixed seed, each within four standard
 * errors: false-alarm rate 6e-5 for one assertion, 1e-2 for the 156 of the class.
 *
 * <p>On O(4), from Diaconis, Evans 2001, Linear functionals of eigenvalues of random matrices, and
 * the integer moments of O(n) (for {@code 2 k <= n} those of a standard normal): E tr^2 = 1, E tr^4
 * = 3. E tr^8 is at most a normal's 105, so the standard error of the mean of tr^4 is at most
 * sqrt(105 - 9) / sqrt(T); that of tr^2 is sqrt(3 - 1) / sqrt(T). The determinant is +-1 with equal
 * probability. An entry of a matrix of longer side N is a coordinate of a uniform point on the
 * sphere in N dimensions: E q^2 = 1 / N, E q^4 = 3 / (N (N + 2)), E q^8 = 105 / (N (N + 2) (N + 4)
 * (N + 6)).
 */
@Tag("statistical")
class HaarDistributionTest {
  private static final int MATRICES = 20_000;
  private static final double ROOT = Math.sqrt(MATRICES);

  private static List<double[][][]> squares;
  private static double[][][] wide;
  private static double[][][] tall;

  @BeforeAll
  static void draw() {
    squares = IntStream.rangeClosed(4, 8).mapToObj(n -> matrices("square", n, n)).toList();
    wide = matrices("wide", 3, 5);
    tall = matrices("tall", 5, 3);
  }

  @Test
  void traceMoments() {
    for (double[][][] square : squares) {
      assertMean(square, HaarDistributionTest::trace, 0, 1);
      assertMean(square, w -> Math.pow(trace(w), 2), 1, Math.sqrt(2));
      assertMean(square, w -> Math.pow(trace(w), 3), 0, Math.sqrt(15));
      assertMean(square, w -> Math.pow(trace(w), 4), 3, Math.sqrt(96));
    }
  }

  @Test
  void determinantIsAsOftenPositiveAsNegative() {
    for (double[][][] square : squares) {
      for (double[][] w : square) {
        assertThat(Math.abs(Math.abs(determinant(w)) - 1)).isLessThan(1e-13);
      }
      assertMean(square, HaarDistributionTest::determinant, 0, 1);
    }
  }

  /**
   * Haar measure is invariant: the trace of a product with any fixed orthogonal matrix is alike.
   */
  @Test
  void traceOfTheSquareHasMeanOne() {
    // E tr(Q^2) = 1 and Var tr(Q^2) = 2 on O(n) for n >= 4 (Diaconis, Shahshahani 1994).
    for (double[][][] square : squares) {
      assertMean(square, w -> trace(DenseStewart.multiply(w, w)), 1, Math.sqrt(2));
    }
  }

  @Test
  void everyEntryIsACoordinateOfAUniformPointOnTheSphere() {
    for (double[][][] matrices : all()) {
      int rows = matrices[0].length;
      int columns = matrices[0][0].length;
      double n = Math.max(rows, columns);
      double second = 1 / n;
      double fourth = 3 / (n * (n + 2));
      double eighth = 105 / (n * (n + 2) * (n + 4) * (n + 6));
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          int row = i;
          int column = j;
          assertMean(matrices, w -> w[row][column], 0, Math.sqrt(second));
          assertMean(
              matrices,
              w -> Math.pow(w[row][column], 2),
              second,
              Math.sqrt(fourth - second * second));
          assertMean(
              matrices,
              w -> Math.pow(w[row][column], 4),
              fourth,
              Math.sqrt(eighth - fourth * fourth));
        }
      }
    }
  }

  /** Entries of one row or column are uncorrelated; the product's SD is at most 1 / N. */
  @Test
  void entriesAreUncorrelated() {
    for (double[][][] matrices : all()) {
      double n = Math.max(matrices[0].length, matrices[0][0].length);
      assertMean(matrices, w -> w[0][0] * w[0][1], 0, 1 / n);
      assertMean(matrices, w -> w[0][0] * w[1][0], 0, 1 / n);
      assertMean(matrices, w -> w[0][0] * w[1][1], 0, 1 / n);
      assertMean(matrices, w -> w[2][2] * w[0][0], 0, 1 / n);
    }
  }

  private static List<double[][][]> all() {
    List<double[][][]> all = new ArrayList<>(squares);
    all.add(wide);
    all.add(tall);
    return all;
  }

  private static void assertMean(
      double[][][] matrices,
      ToDoubleFunction<double[][]> statistic,
      double expected,
      double deviation) {
    double sum = 0;
    for (double[][] w : matrices) {
      sum += statistic.applyAsDouble(w) - expected;
    }
    assertThat(Math.abs(sum / MATRICES)).isLessThan(4 * deviation / ROOT);
  }

  private static double[][][] matrices(String name, int rows, int columns) {
    Stream stream = Stream.of(20, name, Purpose.REFLECTIONS);
    double[][][] matrices = new double[MATRICES][][];
    for (int i = 0; i < MATRICES; i++) {
      long start = (long) i * rows * columns;
      matrices[i] =
          Rows.float64(new HaarMatrix(new ScalarKernels(), stream, start, rows, columns), 0, rows);
    }
    return matrices;
  }

  private static double trace(double[][] w) {
    double trace = 0;
    for (int i = 0; i < w.length; i++) {
      trace += w[i][i];
    }
    return trace;
  }

  private static double determinant(double[][] w) {
    return new LUDecomposition(MatrixUtils.createRealMatrix(w)).getDeterminant();
  }
}
