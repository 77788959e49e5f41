package dev.kindling.stats;

import org.netlib.lapack.Dsyev;
import org.netlib.util.intW;

/** Eigenvalues of symmetric matrices, by LAPACK's dsyev in Java, which Spark brings. */
public final class SymmetricMatrix {
  private SymmetricMatrix() {}

  /**
   * Returns the eigenvalues from the largest to the smallest.
   *
   * @param matrix n x n elements; destroyed
   * @throws IllegalStateException if the iteration does not end, as for values that are not finite
   */
  public static double[] eigenvalues(double[] matrix, int n) {
    double[] ascending = new double[n];
    double[] work = new double[Math.max(1, 3 * n)];
    intW info = new intW(0);
    Dsyev.dsyev("N", "U", n, matrix, 0, n, ascending, 0, work, 0, work.length, info);
    if (info.val != 0) {
      throw new IllegalStateException("dsyev did not converge: " + info.val);
    }
    double[] descending = new double[n];
    for (int i = 0; i < n; i++) {
      descending[i] = ascending[n - 1 - i];
    }
    return descending;
  }
}
