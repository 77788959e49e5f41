package dev.kindling.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.kernel.ScalarKernels;
import dev.kindling.random.Stream;
import dev.kindling.random.Stream.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Moments of the Haar measure on U(4) to U(8) over 20,000 matrices at a fixed seed, each within
 * four standard errors: false-alarm rate 6e-5 for one assertion, 1e-2 for the 155 of the class.
 *
 * <p>From Diaconis, Shahshahani 1994, On the eigenvalues of random matrices: for {@code j <= n} the
 * trace has the moments {@code E |tr|^(2j) = j!} of a complex normal, and {@code E |tr U^2|^2 = 2}.
 * An entry of a matrix of longer side N is a coordinate of a uniform point on the complex sphere:
 * {@code |q|^2} is Beta(1, N - 1), {@code E |q|^2k = k! (N - 1)! / (N + k - 1)!}, and its phase is
 * uniform. 20,000 matrices of {@code scipy.stats.unitary_group} 1.17.1 at n = 4 and random_state 1
 * have E |tr|^2 0.9919, E |tr|^4 1.960, E |q_00|^2 0.2493, E |q_00|^4 0.0993.
 */
@Tag("statistical")
class UnitaryDistributionTest {
  private static final int MATRICES = 20_000;

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
  void traceIsAComplexNormalUpToItsFourthPower() {
    for (double[][][] square : squares) {
      assertMean(square, w -> trace(w, 0), 0, Math.sqrt(0.5));
      assertMean(square, w -> trace(w, 1), 0, Math.sqrt(0.5));
      assertMean(square, w -> modulus(w), 1, 1);
      assertMean(square, w -> Math.pow(modulus(w), 2), 2, Math.sqrt(24 - 4));
      // The real part of tr^2: E (Re z^2)^2 = E |z|^4 / 2 = 1.
      assertMean(square, w -> Math.pow(trace(w, 0), 2) - Math.pow(trace(w, 1), 2), 0, 1);
      assertMean(square, w -> trace(w, 0) * trace(w, 1), 0, 0.5);
    }
  }

  /** A phase taken for a sign leaves the determinant on the real line. */
  @Test
  void determinantIsUniformOnTheCircle() {
    for (double[][][] square : squares) {
      for (int power = 1; power <= 4; power++) {
        int times = power;
        assertMean(square, w -> Math.cos(times * angle(w)), 0, Math.sqrt(0.5));
        assertMean(square, w -> Math.sin(times * angle(w)), 0, Math.sqrt(0.5));
      }
      for (double[][] w : square) {
        assertThat(Math.abs(Math.hypot(determinant(w)[0], determinant(w)[1]) - 1))
            .isLessThan(1e-13);
      }
    }
  }

  @Test
  void everyEntryIsACoordinateOfAUniformPointOnTheComplexSphere() {
    for (double[][][] matrices : all()) {
      int columns = matrices[0][0].length / 2;
      double n = Math.max(matrices[0].length, columns);
      double second = 1 / n;
      double fourth = 2 / (n * (n + 1));
      double eighth = 24 / (n * (n + 1) * (n + 2) * (n + 3));
      for (int i = 0; i < matrices[0].length; i++) {
        for (int j = 0; j < columns; j++) {
          int row = i;
          int re = 2 * j;
          assertMean(matrices, w -> w[row][re], 0, Math.sqrt(second / 2));
          assertMean(matrices, w -> w[row][re] * w[row][re + 1], 0, Math.sqrt(fourth / 8));
          assertMean(matrices, w -> entry(w, row, re), second, Math.sqrt(fourth - second * second));
        }
      }
      assertMean(
          matrices, w -> Math.pow(entry(w, 0, 0), 2), fourth, Math.sqrt(eighth - fourth * fourth));
    }
  }

  private static double entry(double[][] w, int row, int re) {
    return w[row][re] * w[row][re] + w[row][re + 1] * w[row][re + 1];
  }

  private static double trace(double[][] w, int part) {
    double sum = 0;
    for (int i = 0; i < w.length; i++) {
      sum += w[i][2 * i + part];
    }
    return sum;
  }

  private static double modulus(double[][] w) {
    return Math.pow(trace(w, 0), 2) + Math.pow(trace(w, 1), 2);
  }

  private static double angle(double[][] w) {
    double[] determinant = determinant(w);
    return Math.atan2(determinant[1], determinant[0]);
  }

  /** By elimination without exchange of rows. */
  private static double[] determinant(double[][] matrix) {
    int n = matrix.length;
    double[][] w = new double[n][];
    for (int i = 0; i < n; i++) {
      w[i] = matrix[i].clone();
    }
    double[] product = {1, 0};
    for (int k = 0; k < n; k++) {
      double a = w[k][2 * k];
      double b = w[k][2 * k + 1];
      product = new double[] {product[0] * a - product[1] * b, product[0] * b + product[1] * a};
      for (int i = k + 1; i < n; i++) {
        double re = (w[i][2 * k] * a + w[i][2 * k + 1] * b) / (a * a + b * b);
        double im = (w[i][2 * k + 1] * a - w[i][2 * k] * b) / (a * a + b * b);
        for (int j = 2 * k; j < 2 * n; j += 2) {
          w[i][j] -= re * w[k][j] - im * w[k][j + 1];
          w[i][j + 1] -= re * w[k][j + 1] + im * w[k][j];
        }
      }
    }
    return product;
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
    assertThat(Math.abs(sum / MATRICES)).isLessThan(4 * deviation / Math.sqrt(MATRICES));
  }

  private static double[][][] matrices(String name, int rows, int columns) {
    double[][][] matrices = new double[MATRICES][][];
    for (int i = 0; i < MATRICES; i++) {
      Stream stream = Stream.of(20, name + i, Purpose.UNITARY_REFLECTIONS);
      UnitaryMatrix matrix = new UnitaryMatrix(new ScalarKernels(), stream, rows, columns);
      matrices[i] = Rows.unitary(matrix, 0, rows);
    }
    return matrices;
  }
}
