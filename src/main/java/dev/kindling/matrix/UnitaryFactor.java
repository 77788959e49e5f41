package dev.kindling.matrix;

import dev.kindling.matrix.UnitaryMatrix.Draws;

/**
 * What all rows of a semi-unitary matrix with more rows than columns share: the upper-triangular S
 * of {@code Q[R] = (E[R] - U[R] S) D}, with E the first columns of the identity.
 *
 * <p><b>Formula.</b> U holds the reflections' vectors as columns, the draws at and below the
 * diagonal of which only U[k, k] is changed by {@code delta_k = p_k norm_k}; {@code G = U^H U};
 * {@code S = (striu(G) + diag(G) / 2)^-1 U_top^H}.
 *
 * <p><b>Source.</b> Schreiber, Van Loan 1989, A storage-efficient WY representation for products of
 * Householder transformations, <a href="https://doi.org/10.1137/0910005">doi:10.1137/0910005</a>;
 * its inverse triangular factor: Puglisi 1992, <a
 * href="https://doi.org/10.1137/0913042">doi:10.1137/0913042</a>.
 */
final class UnitaryFactor {
  private final double[] delta;
  private final double[] phases;

  /** The conjugate of S by columns, so that a dot product with conjugation meets S itself. */
  private final double[][] conjugates;

  private UnitaryFactor(double[] delta, double[] phases, double[][] conjugates) {
    this.delta = delta;
    this.phases = phases;
    this.conjugates = conjugates;
  }

  /** Returns the factor of a matrix; works through all draws. */
  static UnitaryFactor of(Draws draws, int rows, int n) {
    double[][] top = new double[n][];
    double[][] gram = new double[n][];
    for (int l = 0; l < n; l++) {
      gram[l] = new double[2 * (l + 1)];
    }
    for (int i = 0; i < rows; i++) {
      int filled = Math.min(i + 1, n);
      double[] row = new double[2 * n];
      draws.row(i, 0, filled, row);
      for (int l = 0; l < filled; l++) {
        ComplexVectors.addScaled(row[2 * l], -row[2 * l + 1], row, gram[l], 0, l + 1);
      }
      if (i < n) {
        top[i] = row;
      }
    }
    double[] delta = new double[2 * n];
    double[] phases = new double[2 * n];
    for (int k = 0; k < n; k++) {
      correct(k, gram, top, delta, phases);
    }
    return new UnitaryFactor(delta, phases, solve(gram, top));
  }

  /**
   * Turns the draws of column k, its Gram row and its diagonal element into those of U. {@code
   * gram[k][j]} is {@code u_k^H u_j} for j up to k: only row k of U's top has an element that
   * changes.
   */
  private static void correct(
      int k, double[][] gram, double[][] top, double[] delta, double[] phases) {
    double a = top[k][2 * k];
    double b = top[k][2 * k + 1];
    double modulus = Math.sqrt(Math.fma(a, a, b * b));
    double re = modulus == 0 ? 1 : a / modulus;
    double im = modulus == 0 ? 0 : b / modulus;
    double norm = Math.sqrt(gram[k][2 * k]);
    phases[2 * k] = re;
    phases[2 * k + 1] = im;
    delta[2 * k] = re * norm;
    delta[2 * k + 1] = im * norm;
    ComplexVectors.addScaled(delta[2 * k], -delta[2 * k + 1], top[k], gram[k], 0, k);
    double square = Math.fma(2 * modulus, norm, 2 * gram[k][2 * k]);
    gram[k][2 * k] = square;
    top[k][2 * k] = a + delta[2 * k];
    top[k][2 * k + 1] = b + delta[2 * k + 1];
  }

  /**
   * Returns the conjugate of S by columns. The conjugate of {@code (striu(G) + diag(G) / 2) S =
   * U_top^H} has the right-hand side U_top^T, whose column l is row l of U_top; and the conjugate
   * of G's column k above the diagonal is {@code gram[k]}.
   */
  private static double[][] solve(double[][] gram, double[][] top) {
    int n = gram.length;
    double[][] solution = new double[n][];
    for (int column = 0; column < n; column++) {
      double[] s = top[column];
      for (int k = column; k >= 0; k--) {
        s[2 * k] = 2 * s[2 * k] / gram[k][2 * k];
        s[2 * k + 1] = 2 * s[2 * k + 1] / gram[k][2 * k];
        ComplexVectors.addScaled(-s[2 * k], -s[2 * k + 1], gram[k], s, 0, k);
      }
      solution[column] = s;
    }
    return solution;
  }

  /** Returns a row of the matrix. */
  double[] row(Draws draws, int i) {
    int n = conjugates.length;
    int filled = Math.min(i + 1, n);
    double[] u = new double[2 * n];
    draws.row(i, 0, filled, u);
    if (i < n) {
      u[2 * i] += delta[2 * i];
      u[2 * i + 1] += delta[2 * i + 1];
    }
    double[] row = new double[2 * n];
    double[] sum = new double[2];
    for (int l = 0; l < n; l++) {
      ComplexVectors.dot(conjugates[l], u, 0, Math.min(filled, l + 1), sum);
      double re = (i == l ? 1 : 0) - sum[0];
      double im = -sum[1];
      row[2 * l] = -Math.fma(phases[2 * l], re, -(phases[2 * l + 1] * im));
      row[2 * l + 1] = -Math.fma(phases[2 * l], im, phases[2 * l + 1] * re);
    }
    return row;
  }
}
