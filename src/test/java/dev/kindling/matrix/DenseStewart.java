package dev.kindling.matrix;

/**
 * Stewart's construction as the textbook has it: every reflection as a full matrix, multiplied out
 * one after the other. Reflection k takes the part of column k at and below the diagonal.
 */
final class DenseStewart {
  private DenseStewart() {}

  /** Returns the first columns of {@code H_0 ... H_(columns - 1) D}. */
  static double[][] q(double[][] draws, int columns) {
    int size = draws.length;
    double[][] product = identity(size);
    double[] signs = new double[columns];
    for (int k = 0; k < columns; k++) {
      double[] u = new double[size];
      double square = 0;
      for (int i = k; i < size; i++) {
        u[i] = draws[i][k];
        square += u[i] * u[i];
      }
      signs[k] = u[k] >= 0 ? 1 : -1;
      u[k] += signs[k] * Math.sqrt(square);
      product = multiply(product, reflection(u));
    }
    double[][] q = new double[size][columns];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < columns; j++) {
        q[i][j] = -signs[j] * product[i][j];
      }
    }
    return q;
  }

  private static double[][] reflection(double[] u) {
    double square = 0;
    for (double element : u) {
      square += element * element;
    }
    double[][] h = identity(u.length);
    for (int i = 0; i < u.length; i++) {
      for (int j = 0; j < u.length; j++) {
        h[i][j] -= 2 * u[i] * u[j] / square;
      }
    }
    return h;
  }

  static double[][] multiply(double[][] a, double[][] b) {
    double[][] product = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int k = 0; k < b.length; k++) {
        for (int j = 0; j < b[0].length; j++) {
          product[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return product;
  }

  private static double[][] identity(int size) {
    double[][] identity = new double[size][size];
    for (int i = 0; i < size; i++) {
      identity[i][i] = 1;
    }
    return identity;
  }
}
