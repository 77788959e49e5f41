package dev.kindling.matrix;

import dev.kindling.kernel.MatrixKernels.Place;

/**
 * Consecutive reflections of a matrix with no more rows than columns, which begin at a multiple of
 * {@link #WIDTH}: their vectors V by rows, from the first one's diagonal on. Buffers are used again
 * for one panel after the other.
 */
final class Panel<A> {
  /**
   * Reflections of a panel. It decides how products are cut and so the last bits: part of the
   * format.
   */
  static final int WIDTH = 96;

  /** Added to a row so that rows do not all begin in the same set of the L1 cache. */
  private static final int PADDING = 16;

  private final Draws<A> draws;
  private final PanelFactors<A> factors;
  private final A vectors;
  private final int rowStride;
  private int first;
  private int count;
  private PanelFactor<A> factor;

  /**
   * Allocates a panel's buffers.
   *
   * @param factors keeps what was computed before
   */
  Panel(Draws<A> draws, PanelFactors<A> factors) {
    this.draws = draws;
    this.factors = factors;
    this.rowStride = draws.columns() + PADDING;
    this.vectors =
        draws.precision().allocate(Math.multiplyExact(Math.min(WIDTH, draws.rows()), rowStride));
  }

  /** Returns the number of panels that the first rows need. */
  static int countFor(int rows) {
    return (rows + WIDTH - 1) / WIDTH;
  }

  /** Draws the vectors of a panel. */
  void load(int panel) {
    first = panel * WIDTH;
    count = Math.min(WIDTH, draws.rows() - first);
    Precision<A> precision = draws.precision();
    for (int k = 0; k < count; k++) {
      int row = k * rowStride;
      precision.clear(vectors, row, row + k);
      draws.row(first + k, first + k, draws.columns(), vectors, row + k);
    }
    factor = factors.of(new PanelFactors.Key<>(draws, panel), this::computeFactor);
    for (int k = 0; k < count; k++) {
      precision.set(vectors, k * rowStride + k, factor.heads()[k]);
    }
  }

  /** Returns the index of the first reflection. */
  int first() {
    return first;
  }

  /** Returns the number of reflections. */
  int count() {
    return count;
  }

  A vectors() {
    return vectors;
  }

  /** Returns {@code -T}. */
  A minusT() {
    return factor.minusT();
  }

  /** Returns the sign of a reflection's first draw. */
  double sign(int k) {
    return factor.heads()[k] >= 0 ? 1 : -1;
  }

  /** Returns where the transpose of V lies, from a column of the matrix on. */
  Place transposed(int column) {
    return new Place(column - first, rowStride, 1);
  }

  /** Returns where V lies, from a column of the matrix on. */
  Place place(int column) {
    return new Place(column - first, 1, rowStride);
  }

  private PanelFactor<A> computeFactor() {
    Gram<A> gram = Gram.symmetric(draws.kernels(), draws.precision(), count);
    int length = draws.columns() - first;
    for (int k = 0; k < length; k += Gram.CHUNK) {
      Place chunk = new Place(k, rowStride, 1);
      gram.add(vectors, chunk, chunk, Math.min(Gram.CHUNK, length - k), count);
    }
    return PanelFactor.of(draws.precision(), gram.sums(), vectors, rowStride, count);
  }
}
