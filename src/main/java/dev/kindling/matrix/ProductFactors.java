package dev.kindling.matrix;

import dev.kindling.base.Require;
import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.MatrixKernels;
import dev.kindling.kernel.MatrixKernels.Extent;
import dev.kindling.kernel.MatrixKernels.Place;
import dev.kindling.kernel.Variates;
import dev.kindling.random.Stream;
import java.util.Objects;

/**
 * Two matrices whose product is noise around a multiple of the identity, or the best approximation
 * of it of some rank.
 *
 * <p><b>Formula.</b> {@code A = noise Z / sqrt(n) + diagonal I}, Z n x n standard normal draws,
 * {@code A = U S V^T} its singular value decomposition; row i of the left matrix is {@code
 * sqrt(s_i) u_i^T}, of the right one {@code sqrt(s_i) v_i^T}, largest s first. V has the
 * eigenvectors of {@code A^T A}, and {@code s_i u_i = A v_i}.
 *
 * <p><b>Exactness.</b> float64 over float64 draws, only operations that IEEE defines exactly, in a
 * fixed order: all bits depend on the draws alone. With all n rows {@code left^T right = A} to some
 * units of the last place; u_i and u_j are orthogonal to {@code 2^-52 (s_0 / s_i)^2}.
 */
public final class ProductFactors {
  private static final int STRIPE = MatrixKernels.DOUBLE_STRIPE;

  private ProductFactors() {}

  /**
   * The two matrices, each {@code [rank][n]}.
   *
   * @param left shared on purpose
   * @param right shared on purpose
   */
  public record Pair(double[][] left, double[][] right) {}

  /**
   * Computes a pair.
   *
   * @param kernels what draws and multiplies
   * @param stream where the draws come from
   * @param start index of the first draw; {@code n * n} indices are used
   * @param n rows and columns of the product, positive
   * @param rank rows of each matrix, from 1 to n
   * @param noise standard deviation of the product's elements times sqrt(n)
   * @param diagonal mean of the product's diagonal
   */
  public static Pair compute(
      Kernels kernels, Stream stream, long start, int n, int rank, double noise, double diagonal) {
    Objects.requireNonNull(kernels, "kernels is null");
    Require.positive(rank, "rank");
    Require.notNegative(n - rank, "rows beyond the rank");
    double[][] product = product(kernels, stream, start, n, noise, diagonal);
    double[][] right = new SymmetricEigen(gram(kernels, product)).largest(rank);
    double[][] left = multiplyTransposed(kernels, right, product);
    for (int i = 0; i < rank; i++) {
      balance(left[i], right[i]);
    }
    return new Pair(left, right);
  }

  private static double[][] product(
      Kernels kernels, Stream stream, long start, int n, double noise, double diagonal) {
    double[][] rows = new double[n][n];
    double factor = noise / Math.sqrt((double) n);
    for (int i = 0; i < n; i++) {
      kernels.fill(Variates.standardNormal(stream), start + (long) i * n, rows[i], 0, n);
      scale(rows[i], factor);
      rows[i][i] += diagonal;
    }
    return rows;
  }

  /** Returns {@code A^T A}, whose halves have the same bits. */
  private static double[][] gram(Kernels kernels, double[][] a) {
    int n = a.length;
    double[][] transposed = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        transposed[j][i] = a[i][j];
      }
    }
    return multiplyTransposed(kernels, transposed, transposed);
  }

  /** Returns {@code X Y^T}, each element one chain along the rows of both. */
  private static double[][] multiplyTransposed(Kernels kernels, double[][] x, double[][] y) {
    int depth = y[0].length;
    double[] flat = new double[Math.multiplyExact(x.length, depth)];
    for (int i = 0; i < x.length; i++) {
      System.arraycopy(x[i], 0, flat, i * depth, depth);
    }
    Stripes<double[]> turned = new Stripes<>(Precision.FLOAT64, depth, y.length);
    for (int j = 0; j < y.length; j++) {
      turned.setColumn(j, y[j], depth, 1);
    }
    Stripes<double[]> product = new Stripes<>(Precision.FLOAT64, x.length, y.length);
    for (int k = 0; k < depth; k += STRIPE) {
      kernels.multiplyAdd(
          new Extent(x.length, Math.min(STRIPE, depth - k), product.count()),
          flat,
          new Place(k, depth, 1),
          turned.values(),
          turned.series(0, k),
          product.values(),
          product.series(0, 0));
    }
    double[][] result = new double[x.length][y.length];
    for (int i = 0; i < x.length; i++) {
      product.copyRow(i, 0, y.length, 1, result[i], 0);
    }
    return result;
  }

  /** Turns {@code s u} and v into {@code sqrt(s) u} and {@code sqrt(s) v}. */
  private static void balance(double[] left, double[] right) {
    double squares = 0;
    for (double element : left) {
      squares += element * element;
    }
    double root = Math.sqrt(Math.sqrt(squares));
    scale(left, root == 0 ? 0 : 1 / root);
    scale(right, root);
  }

  private static void scale(double[] values, double factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
  }
}
