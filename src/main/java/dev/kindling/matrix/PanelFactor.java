package dev.kindling.matrix;

/**
 * What turns the draws of a panel into reflections.
 *
 * @param heads the vectors' elements on the diagonal, {@code u_0 = x_0 + s norm(x)}, with s the
 *     sign of x_0, +1 for 0
 * @param minusT {@code -T}, by rows
 */
record PanelFactor<A>(double[] heads, A minusT) {
  /**
   * Computes it from the draws.
   *
   * @param gram sums of products of the draws, upper triangle by rows; is changed
   * @param draws the panel's draws by rows, from the diagonal of the first on
   * @param rowStride distance between rows
   * @param count number of reflections
   */
  static <A> PanelFactor<A> of(
      Precision<A> precision, double[] gram, A draws, int rowStride, int count) {
    double[] heads = new double[count];
    for (int k = 0; k < count; k++) {
      double draw = precision.at(draws, k * rowStride + k);
      heads[k] = head(precision, draw, gram[k * count + k]);
      double change = heads[k] - draw;
      for (int i = 0; i < k; i++) {
        double above = precision.at(draws, i * rowStride + k);
        gram[i * count + k] = Math.fma(above, change, gram[i * count + k]);
      }
      gram[k * count + k] = Math.fma(heads[k] + draw, change, gram[k * count + k]);
    }
    return new PanelFactor<>(
        heads, byRows(precision, TriangularFactor.minus(gram, 0, count, count)));
  }

  /**
   * Returns {@code x_0 + s norm(x)}, rounded to the working precision.
   *
   * @param square the square of the norm
   */
  static double head(Precision<?> precision, double draw, double square) {
    double norm = Math.sqrt(square);
    return precision.round(draw >= 0 ? draw + norm : draw - norm);
  }

  /** Returns an upper triangle by rows, rounded to the working precision. */
  static <A> A byRows(Precision<A> precision, double[][] columns) {
    int size = columns.length;
    A rows = precision.allocate(size * size);
    for (int k = 0; k < size; k++) {
      for (int i = 0; i <= k; i++) {
        precision.set(rows, i * size + k, columns[k][i]);
      }
    }
    return rows;
  }
}
