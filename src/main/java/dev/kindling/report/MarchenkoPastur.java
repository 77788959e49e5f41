package dev.kindling.report;

/**
 * Where the singular values of a large matrix of independent elements lie: with m rows, n &lt;= m
 * columns and q = n / m those of the matrix divided by {@code std sqrt(m)} have squares of density
 * {@code sqrt((b - x)(x - a)) / (2 pi q x)} on {@code [a, b] = [(1 - sqrt q)^2, (1 + sqrt q)^2]}.
 *
 * <p>Source: Marchenko, Pastur 1967, Distribution of eigenvalues for some sets of random matrices.
 */
final class MarchenkoPastur {
  private static final int STEPS = 4000;

  private MarchenkoPastur() {}

  /** Returns the value to be expected at each rank, from the largest to the smallest. */
  static double[] values(double std, long rows, long columns) {
    int n = Math.toIntExact(Math.min(rows, columns));
    double longer = Math.max(rows, columns);
    double root = Math.sqrt(n / longer);
    double[] values = new double[n];
    double seen = 0;
    double total = mass(root, STEPS);
    int rank = n - 1;
    for (int i = 0; i < STEPS && rank >= 0; i++) {
      seen += share(root, i);
      while (rank >= 0 && seen >= (n - rank - 0.5) / n * total) {
        values[rank--] = std * Math.sqrt(longer * point(root, i));
      }
    }
    return values;
  }

  /**
   * Squares by an angle, {@code x = 1 + q - 2 sqrt(q) cos(angle)}: the density has no steep end in
   * it.
   */
  private static double point(double root, int step) {
    return 1 + root * root - 2 * root * StrictMath.cos(angle(step));
  }

  private static double share(double root, int step) {
    double sine = StrictMath.sin(angle(step));
    return sine * sine / Math.max(point(root, step), 1e-300);
  }

  private static double mass(double root, int steps) {
    double sum = 0;
    for (int i = 0; i < steps; i++) {
      sum += share(root, i);
    }
    return sum;
  }

  private static double angle(int step) {
    return Math.PI * (step + 0.5) / STEPS;
  }
}
