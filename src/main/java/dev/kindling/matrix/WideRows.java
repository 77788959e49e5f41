package dev.kindling.matrix;

import dev.kindling.matrix.HaarMatrix.Draws;

/**
 * Rows of a matrix that has no more rows than columns. Row j is column j of Q, which reflections 0
 * to j alone touch: they are applied to the unit vector j, the last first.
 */
final class WideRows {
  private WideRows() {}

  static double[][] compute(Draws draws, int columns, int from, int to) {
    double[][] block = new double[to - from][columns];
    double[] signs = new double[to - from];
    float[] drawn = new float[columns];
    double[] vector = new double[columns];
    for (int k = to - 1; k >= 0; k--) {
      draws.row(k, k, columns, drawn);
      Reflection reflection = Reflection.of(drawn, k, vector);
      if (k >= from) {
        block[k - from][k] = 1;
        signs[k - from] = -reflection.sign();
      }
      for (int j = Math.max(k, from); j < to; j++) {
        reflection.applyTo(block[j - from]);
      }
    }
    for (int j = 0; j < block.length; j++) {
      scale(block[j], signs[j]);
    }
    return block;
  }

  private static void scale(double[] row, double factor) {
    for (int i = 0; i < row.length; i++) {
      row[i] *= factor;
    }
  }

  /**
   * A Householder reflection {@code I - tau u u^T}.
   *
   * @param vector u, zero before {@code first}
   * @param first index of the first element that may differ from zero
   * @param tau {@code 2 / (u . u)}, 0 for the zero vector
   * @param sign sign of the first draw
   */
  private record Reflection(double[] vector, int first, double tau, double sign) {
    static Reflection of(float[] drawn, int first, double[] vector) {
      for (int i = first; i < vector.length; i++) {
        vector[i] = drawn[i];
      }
      double sign = vector[first] >= 0 ? 1 : -1;
      vector[first] += sign * Math.sqrt(FixedOrder.dot(vector, vector, first, vector.length));
      double square = FixedOrder.dot(vector, vector, first, vector.length);
      return new Reflection(vector, first, square > 0 ? 2 / square : 0, sign);
    }

    void applyTo(double[] row) {
      double factor = -tau * FixedOrder.dot(vector, row, first, row.length);
      for (int i = first; i < row.length; i++) {
        row[i] = Math.fma(factor, vector[i], row[i]);
      }
    }
  }
}
