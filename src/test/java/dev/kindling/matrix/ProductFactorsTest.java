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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.netlib.util.intW;

class ProductFactorsTest {
  private static final Kernels KERNELS = new ScalarKernels();
  private static final Stream STREAM = Stream.of(5, "q", Purpose.ELEMENTS);

  /** Of each pair {@code u_i v_i^T s_i}, which no sign changes, by LAPACK. */
  @ParameterizedTest
  @CsvSource({
    "1, 1, 0.7, 0.7",
    "2, 1, 0.4, -0.4",
    "3, 3, 0.7, 0.7",
    "17, 5, 0.7, 0.7",
    "64, 64, 0.4, -0.4",
    "96, 8, 0.7, 0.7",
    "40, 40, 1, 0",
    "40, 7, 0.1, -3"
  })
  void areLapacksSingularVectors(int n, int rank, double noise, double diagonal) {
    ProductFactors.Pair pair =
        ProductFactors.compute(KERNELS, STREAM, 11, n, rank, noise, diagonal);
    Svd expected = svd(target(n, noise, diagonal), n);
    for (int s = 0; s < rank; s++) {
      double gap = gap(expected.values, s);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          double found = pair.left()[s][i] * pair.right()[s][j];
          double wanted = expected.values[s] * expected.left[s * n + i] * expected.right[j * n + s];
          assertThat(Math.abs(found - wanted)).as("%d %d %d", s, i, j).isLessThan(1e-12 / gap);
        }
      }
      assertThat(Math.abs(length(pair.left()[s]) - length(pair.right()[s]))).isLessThan(1e-12);
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "65", "200"})
  void allRowsMultiplyToTheMatrix(int n) {
    ProductFactors.Pair pair = ProductFactors.compute(KERNELS, STREAM, 0, n, n, 0.7, 0.7);
    double[] product = target(n, 0, 0.7, 0.7);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double sum = -product[j * n + i];
        for (int s = 0; s < n; s++) {
          sum += pair.left()[s][i] * pair.right()[s][j];
        }
        assertThat(Math.abs(sum)).isLessThan(1e-13);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"64, 64", "37, 5"})
  void vectorsOfAnyWidthGiveTheSameBits(int n, int rank) {
    Kernels simd = KernelsLoader.load(KernelsMode.SIMD).kernels();
    ProductFactors.Pair scalar = ProductFactors.compute(KERNELS, STREAM, 0, n, rank, 0.7, 0.7);
    ProductFactors.Pair vectors = ProductFactors.compute(simd, STREAM, 0, n, rank, 0.7, 0.7);
    assertThat(vectors.left()).isDeepEqualTo(scalar.left());
    assertThat(vectors.right()).isDeepEqualTo(scalar.right());
  }

  /** Equal eigenvalues, an element beside the diagonal that is zero, and a matrix of one row. */
  @Test
  void degenerateMatricesHaveEigenvectors() {
    double[][] blocks = {{2, 1, 0, 0}, {1, 2, 0, 0}, {0, 0, 2, 1}, {0, 0, 1, 2}};
    SymmetricEigen eigen = new SymmetricEigen(copy(blocks));
    assertThat(new double[] {eigen.value(0), eigen.value(1), eigen.value(2), eigen.value(3)})
        .usingComparatorWithPrecision(1e-14)
        .containsExactly(3, 3, 1, 1);
    double[][] vectors = eigen.largest(4);
    for (int s = 0; s < 4; s++) {
      for (int i = 0; i < 4; i++) {
        double sum = -eigen.value(s) * vectors[s][i];
        for (int j = 0; j < 4; j++) {
          sum += blocks[i][j] * vectors[s][j];
        }
        assertThat(Math.abs(sum)).isLessThan(1e-14);
      }
    }
    assertThat(new SymmetricEigen(new double[3][3]).value(2)).isZero();
    assertThat(new SymmetricEigen(new double[][] {{-4}}).largest(1))
        .isDeepEqualTo(new double[][] {{1}});
  }

  private record Svd(double[] values, double[] left, double[] right) {}

  /** A, column by column as LAPACK has it, of draws that the test makes by itself. */
  private static double[] target(int n, double noise, double diagonal) {
    return target(n, 11, noise, diagonal);
  }

  private static double[] target(int n, long start, double noise, double diagonal) {
    double[] draws = new double[n * n];
    KERNELS.fill(Variates.standardNormal(STREAM), start, draws, 0, n * n);
    double[] columns = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        columns[j * n + i] = noise * draws[i * n + j] / Math.sqrt(n) + (i == j ? diagonal : 0);
      }
    }
    return columns;
  }

  private static Svd svd(double[] a, int n) {
    double[] values = new double[n];
    double[] left = new double[n * n];
    double[] right = new double[n * n];
    double[] work = new double[10 * n + 64];
    intW info = new intW(0);
    LAPACK
        .getInstance()
        .dgesvd("A", "A", n, n, a, n, values, left, n, right, n, work, work.length, info);
    assertThat(info.val).isZero();
    return new Svd(values, left, right);
  }

  /** Singular vectors are as uncertain as their neighbours are near. */
  private static double gap(double[] values, int s) {
    double gap = values[s];
    for (int t = 0; t < values.length; t++) {
      gap = t == s ? gap : Math.min(gap, Math.abs(values[s] - values[t]));
    }
    return gap * values[s];
  }

  private static double length(double[] vector) {
    double sum = 0;
    for (double element : vector) {
      sum += element * element;
    }
    return Math.sqrt(sum);
  }

  private static double[][] copy(double[][] matrix) {
    double[][] copy = new double[matrix.length][];
    for (int i = 0; i < matrix.length; i++) {
      copy[i] = matrix[i].clone();
    }
    return copy;
  }
}
