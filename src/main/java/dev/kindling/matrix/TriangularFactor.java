package dev.kindling.matrix;

/**
 * The triangular factor of a product of reflections: {@code T = (striu(G) + diag(G) / 2)^-1} with
 * {@code G = V^T V}, so that {@code H_0 ... H_(n-1) = I - V T V^T}.
 *
 * <p><b>Source.</b> The compact WY form: Schreiber, Van Loan 1989, A storage-efficient WY
 * representation for products of Householder transformations, <a
 * href="https://doi.org/10.1137/0910005">doi:10.1137/0910005</a>; its inverse triangular factor:
 * Puglisi 1992, <a href="https://doi.org/10.1137/0913042">doi:10.1137/0913042</a>.
 */
final class TriangularFactor {
  private TriangularFactor() {}

  /**
   * Returns {@code -T} by columns: element [i][k] at [k][i], i &lt;= k.
   *
   * @param gram holds G's upper triangle by rows
   * @param offset index of G[0][0]
   * @param rowStride distance between two rows of G
   * @param size rows of G
   */
  static double[][] minus(double[] gram, int offset, int rowStride, int size) {
    double[][] columns = new double[size][];
    for (int k = 0; k < size; k++) {
      double[] column = new double[k + 1];
      for (int j = 0; j < k; j++) {
        addScaled(gram[offset + j * rowStride + k], columns[j], column);
      }
      double square = gram[offset + k * rowStride + k];
      double tau = square == 0 ? 0 : 2 / square;
      for (int i = 0; i < k; i++) {
        column[i] *= -tau;
      }
      column[k] = -tau;
      columns[k] = column;
    }
    return columns;
  }

  private static void addScaled(double factor, double[] column, double[] sum) {
    for (int i = 0; i < column.length; i++) {
      sum[i] = Math.fma(factor, column[i], sum[i]);
    }
  }
}
