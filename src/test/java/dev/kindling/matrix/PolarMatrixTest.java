package dev.kindling.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.kernel.ScalarKernels;
import dev.kindling.kernel.Variates;
import dev.kindling.random.Stream;
import dev.kindling.random.Stream.Purpose;
import dev.ludovic.netlib.lapack.LAPACK;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.netlib.util.intW;

class PolarMatrixTest {
  private static final Kernels KERNELS = new ScalarKernels();
  private static final Stream STREAM = Stream.of(3, "p", Purpose.ELEMENTS);

  /** U V^T of LAPACK's singular value decomposition of the same draws. */
  @ParameterizedTest
  @CsvSource({"1, 9", "9, 1", "2, 2", "5, 8", "8, 5", "64, 64", "101, 97", "33, 300"})
  void isTheProductOfTheSingularVectors(int rows, int columns) {
    double[][] w = PolarMatrix.compute(KERNELS, STREAM, 0, rows, columns);
    double[][] expected = singularVectors(rows, columns);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        assertThat(Math.abs(w[i][j] - expected[i][j])).isLessThan(1e-11);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "64, 64", "127, 127", "20, 300", "300, 20"})
  void smallerSideIsOrthonormal(int rows, int columns) {
    double[][] w = PolarMatrix.compute(KERNELS, STREAM, 0, rows, columns);
    int small = Math.min(rows, columns);
    for (int a = 0; a < small; a++) {
      for (int b = 0; b < small; b++) {
        double sum = a == b ? -1 : 0;
        for (int k = 0; k < Math.max(rows, columns); k++) {
          sum += rows <= columns ? w[a][k] * w[b][k] : w[k][a] * w[k][b];
        }
        assertThat(Math.abs(sum)).isLessThan(1e-14);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"64, 64", "37, 95", "95, 37"})
  void vectorsOfAnyWidthGiveTheSameBits(int rows, int columns) {
    Kernels simd = KernelsLoader.load(KernelsMode.SIMD).kernels();
    double[][] w = PolarMatrix.compute(KERNELS, STREAM, 0, rows, columns);
    double[][] vectorised = PolarMatrix.compute(simd, STREAM, 0, rows, columns);
    for (int i = 0; i < rows; i++) {
      assertThat(vectorised[i]).isEqualTo(w[i]);
    }
  }

  /**
   * Haar moments over 5,000 matrices at a fixed seed, each within four standard errors (their
   * source is at HaarDistributionTest): false-alarm rate 6e-5 for one assertion, 1e-3 for the 19.
   */
  @Test
  @Tag("statistical")
  void isHaarDistributed() {
    double[][][] square = matrices(4, 4);
    assertMean(square, PolarMatrixTest::trace, 0, 1);
    assertMean(square, w -> Math.pow(trace(w), 2), 1, Math.sqrt(2));
    assertMean(square, w -> Math.pow(trace(w), 4), 3, Math.sqrt(96));
    double[][][] wide = matrices(3, 5);
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 5; j++) {
        int row = i;
        int column = j;
        assertMean(wide, w -> Math.pow(w[row][column], 2), 0.2, Math.sqrt(3.0 / 35 - 0.04));
      }
    }
    assertMean(wide, w -> w[0][0] * w[1][1], 0, 0.2);
  }

  private static double[][][] matrices(int rows, int columns) {
    double[][][] matrices = new double[5_000][][];
    for (int i = 0; i < matrices.length; i++) {
      long start = (long) i * rows * columns;
      matrices[i] = PolarMatrix.compute(KERNELS, STREAM, start, rows, columns);
    }
    return matrices;
  }

  private static double trace(double[][] w) {
    double sum = 0;
    for (int i = 0; i < w.length; i++) {
      sum += w[i][i];
    }
    return sum;
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
    double mean = sum / matrices.length;
    assertThat(Math.abs(mean)).isLessThan(4 * deviation / Math.sqrt(matrices.length));
  }

  private static double[][] singularVectors(int rows, int columns) {
    double[] draws = new double[rows * columns];
    KERNELS.fill(Variates.standardNormal(STREAM), 0, draws, 0, draws.length);
    double[] x = new double[draws.length];
    for (int i = 0; i < draws.length; i++) {
      x[i % columns * rows + i / columns] = draws[i];
    }
    int small = Math.min(rows, columns);
    double[] u = new double[rows * small];
    double[] vt = new double[small * columns];
    double[] work = new double[10 * (rows + columns)];
    intW info = new intW(0);
    LAPACK
        .getInstance()
        .dgesvd(
            "S",
            "S",
            rows,
            columns,
            x,
            rows,
            new double[small],
            u,
            rows,
            vt,
            small,
            work,
            work.length,
            info);
    assertThat(info.val).isZero();
    double[][] product = new double[rows][columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        for (int k = 0; k < small; k++) {
          product[i][j] += u[k * rows + i] * vt[j * small + k];
        }
      }
    }
    return product;
  }
}
