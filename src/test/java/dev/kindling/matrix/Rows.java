package dev.kindling.matrix;

import java.util.Arrays;

/** Rows of matrices as arrays of arrays. */
final class Rows {
  private Rows() {}

  static double[][] float64(HaarMatrix matrix, int from, int to) {
    return cut(matrix.rows(Precision.FLOAT64, from, to), from, to);
  }

  /** Real and imaginary parts side by side. */
  static double[][] unitary(UnitaryMatrix matrix, int from, int to) {
    return cut(matrix.rows(from, to), from, to);
  }

  private static double[][] cut(double[] rows, int from, int to) {
    int columns = from == to ? 0 : rows.length / (to - from);
    double[][] cut = new double[to - from][];
    Arrays.setAll(cut, i -> Arrays.copyOfRange(rows, i * columns, (i + 1) * columns));
    return cut;
  }

  static double[][] float32(HaarMatrix matrix, int from, int to) {
    float[] rows = matrix.rows(Precision.FLOAT32, from, to);
    int columns = from == to ? 0 : rows.length / (to - from);
    double[][] cut = new double[to - from][columns];
    for (int i = 0; i < rows.length; i++) {
      cut[i / columns][i % columns] = rows[i];
    }
    return cut;
  }
}
