package dev.kindling.matrix;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, as a whole.
 *
 * <p><b>Formula.</b> {@code G = Q T Q^T} with T tridiagonal by Householder reflections from the
 * first column on, then {@code T = W diag(lambda) W^T} by QL steps with Wilkinson's implicit shift.
 *
 * <p><b>Exactness.</b> float64; additions, products, quotients and square roots in the order
 * written here, so that bits depend on the matrix alone. {@code |G v - lambda v|} is some units of
 * the last place of the largest eigenvalue. Work: about 7 n^3 operations.
 *
 * <p><b>Source.</b> Martin, Reinsch, Wilkinson 1968, Householder's tridiagonalization of a
 * symmetric matrix, Numer. Math. 11; Dubrulle, Martin, Wilkinson 1968, The implicit QL algorithm,
 * Numer. Math. 12; Parlett 1998, The symmetric eigenvalue problem, sections 7.4 and 8.
 */
final class SymmetricEigen {
  /** Half a unit in the last place of 1. */
  private static final double ROUNDING = 0x1p-53;

  /** Twice what has ever been needed. */
  private static final int MOST_STEPS = 60;

  private final int n;
  private final double[][] matrix;

  /** Householder vectors, of which vector k is zero up to index k. */
  private final double[][] reflectors;

  private final double[] diagonal;

  /** Element k stands beside the diagonal's k and k + 1; the last is zero. */
  private final double[] beside;

  /** Rows are T's eigenvectors. */
  private final double[][] vectors;

  private final int[] order;

  /**
   * Decomposes a matrix.
   *
   * @param matrix symmetric, {@code [n][n]}; it is overwritten
   */
  SymmetricEigen(double[][] matrix) {
    this.n = matrix.length;
    this.matrix = matrix;
    this.reflectors = new double[Math.max(0, n - 2)][];
    this.diagonal = new double[n];
    this.beside = new double[n];
    this.vectors = new double[n][n];
    tridiagonalise();
    for (int i = 0; i < n; i++) {
      vectors[i][i] = 1;
    }
    for (int low = 0; low < n; low++) {
      diagonalise(low);
    }
    this.order =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -diagonal[i]))
            .mapToInt(Integer::intValue)
            .toArray();
  }

  /** Returns an eigenvalue, the largest as number 0. */
  double value(int index) {
    return diagonal[order[index]];
  }

  /**
   * Returns the eigenvectors of the largest eigenvalues in falling order.
   *
   * @param count how many
   * @return {@code [count][n]}
   */
  double[][] largest(int count) {
    double[][] turned = new double[n][count];
    for (int row = 0; row < count; row++) {
      for (int i = 0; i < n; i++) {
        turned[i][row] = vectors[order[row]][i];
      }
    }
    for (int k = reflectors.length - 1; k >= 0; k--) {
      reflect(reflectors[k], k + 1, turned);
    }
    double[][] result = new double[count][n];
    for (int row = 0; row < count; row++) {
      for (int i = 0; i < n; i++) {
        result[row][i] = turned[i][row];
      }
    }
    return result;
  }

  private void tridiagonalise() {
    for (int k = 0; k < n - 2; k++) {
      reflectors[k] = reflector(k);
      diagonal[k] = matrix[k][k];
      if (reflectors[k].length > 0) {
        update(reflectors[k], k + 1);
      }
    }
    for (int k = Math.max(0, n - 2); k < n; k++) {
      diagonal[k] = matrix[k][k];
      beside[k] = k + 1 < n ? matrix[k + 1][k] : 0;
    }
  }

  /** Returns u with {@code u u^T = 2} that clears row k behind its neighbour, empty for none. */
  private double[] reflector(int k) {
    double largest = 0;
    for (int i = k + 1; i < n; i++) {
      largest = Math.max(largest, Math.abs(matrix[k][i]));
    }
    if (largest == 0) {
      return new double[0];
    }
    double[] u = new double[n];
    double squares = 0;
    for (int i = k + 1; i < n; i++) {
      u[i] = matrix[k][i] / largest;
      squares += u[i] * u[i];
    }
    double length = u[k + 1] < 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
    beside[k] = -length * largest;
    double root = Math.sqrt(squares + length * u[k + 1]);
    u[k + 1] += length;
    for (int i = k + 1; i < n; i++) {
      u[i] /= root;
    }
    return u;
  }

  /** {@code G <- (I - u u^T) G (I - u u^T) = G - u q^T - q u^T}, from an index on. */
  private void update(double[] u, int from) {
    double[] q = new double[n];
    for (int i = from; i < n; i++) {
      addScaled(matrix[i], u[i], q, from);
    }
    double half = 0;
    for (int i = from; i < n; i++) {
      half += u[i] * q[i];
    }
    addScaled(u, -half / 2, q, from);
    for (int i = from; i < n; i++) {
      double[] row = matrix[i];
      double a = u[i];
      double b = q[i];
      for (int j = from; j < n; j++) {
        row[j] -= a * q[j] + b * u[j];
      }
    }
  }

  /** {@code target += factor x}, from an index on. */
  private static void addScaled(double[] x, double factor, double[] target, int from) {
    for (int j = from; j < x.length; j++) {
      target[j] += factor * x[j];
    }
  }

  /** {@code X <- (I - u u^T) X}. */
  private static void reflect(double[] u, int from, double[][] x) {
    if (u.length == 0) {
      return;
    }
    double[] product = new double[x[0].length];
    for (int i = from; i < x.length; i++) {
      addScaled(x[i], u[i], product, 0);
    }
    for (int i = from; i < x.length; i++) {
      addScaled(product, -u[i], x[i], 0);
    }
  }

  /** QL steps until the element beside the diagonal's {@code low} is none. */
  private void diagonalise(int low) {
    for (int step = 0; step < MOST_STEPS; step++) {
      int high = low;
      while (high < n - 1 && !isSmall(high)) {
        high++;
      }
      if (high == low) {
        return;
      }
      step(low, high);
    }
    throw new ArithmeticException("no eigenvalues of a matrix of %d rows".formatted(n));
  }

  private boolean isSmall(int k) {
    return Math.abs(beside[k]) <= ROUNDING * (Math.abs(diagonal[k]) + Math.abs(diagonal[k + 1]));
  }

  private void step(int low, int high) {
    double half = (diagonal[low + 1] - diagonal[low]) / (2 * beside[low]);
    double root = Math.sqrt(half * half + 1);
    double g = diagonal[high] - diagonal[low] + beside[low] / (half + (half < 0 ? -root : root));
    double sine = 1;
    double cosine = 1;
    double shifted = 0;
    for (int i = high - 1; i >= low; i--) {
      double f = sine * beside[i];
      double b = cosine * beside[i];
      double length = Math.sqrt(f * f + g * g);
      beside[i + 1] = length;
      if (length == 0) {
        diagonal[i + 1] -= shifted;
        beside[high] = 0;
        return;
      }
      sine = f / length;
      cosine = g / length;
      g = diagonal[i + 1] - shifted;
      double t = (diagonal[i] - g) * sine + 2 * cosine * b;
      shifted = sine * t;
      diagonal[i + 1] = g + shifted;
      g = cosine * t - b;
      rotate(vectors[i], vectors[i + 1], sine, cosine);
    }
    diagonal[low] -= shifted;
    beside[low] = g;
    beside[high] = 0;
  }

  private static void rotate(double[] lower, double[] upper, double sine, double cosine) {
    for (int k = 0; k < lower.length; k++) {
      double below = lower[k];
      double above = upper[k];
      upper[k] = sine * below + cosine * above;
      lower[k] = cosine * below - sine * above;
    }
  }
}
