package dev.kindling.matrix;

import dev.kindling.kernel.MatrixKernels.Extent;
import dev.kindling.kernel.MatrixKernels.Place;

/** Rows of a matrix that has more rows than columns: {@code (E[R] - U[R] S) D}. */
final class TallRows<A> {
  /** Rows that are computed together: they stay in the caches while all stripes pass over them. */
  private static final int SLAB_ROWS = 252;

  /**
   * Columns of U that are multiplied at a time: few where S is small, to meet less of its zeros.
   */
  private static final int LEAST_DEPTH = 64;

  private static final int CACHED_DEPTH = 192;

  private final Draws<A> draws;
  private final TallFactor<A> factor;
  private final TallShape shape;

  /** U[R]. */
  private final A vectors;

  private TallRows(Draws<A> draws, TallFactor<A> factor, int rows) {
    this.draws = draws;
    this.factor = factor;
    this.shape = new TallShape(draws.rows(), draws.columns());
    this.vectors = draws.precision().allocate(Math.multiplyExact(rows, draws.columns()));
  }

  /**
   * Writes every {@linkplain Draws#period every so many-th} row from {@code from} to {@code to}.
   */
  static <A> void compute(
      Draws<A> draws, TallFactor<A> factor, int from, int to, A target, int offset) {
    int rows = (to - from) / draws.period();
    TallRows<A> slab = new TallRows<>(draws, factor, Math.min(SLAB_ROWS, rows));
    int step = SLAB_ROWS * draws.period();
    for (int row = from; row < to; row += step) {
      int end = Math.min(to, row + step);
      slab.load(row, end);
      slab.multiply(row, end, target, offset + slab.index(row, from) * draws.columns());
    }
  }

  /** Returns which of the rows from {@code from} on a row is. */
  private int index(int row, int from) {
    return (row - from) / draws.period();
  }

  private void load(int from, int to) {
    int columns = draws.columns();
    if (draws.period() == 1) {
      TallGram.draw(draws, from, to, vectors);
    }
    for (int row = from; row < to; row += draws.period()) {
      int offset = index(row, from) * columns;
      if (draws.period() > 1) {
        TallGram.draw(draws, row, 0, columns, vectors, offset);
      }
      if (row < columns) {
        draws.precision().set(vectors, offset + row, factor.heads()[row]);
      }
    }
  }

  private void multiply(int from, int to, A target, int offset) {
    for (int block = 0; block < shape.factorBlocks(); block++) {
      Stripes<A> right = factor.block(block);
      int first = shape.factorStart(block);
      int rows = index(to, from);
      Stripes<A> product = new Stripes<>(draws.precision(), rows, right.columns());
      for (int row = from; row < Math.min(to, first + right.columns()); row += draws.period()) {
        if (row >= first) {
          product.set(index(row, from), row - first, factor.heads()[row] >= 0 ? -1 : 1);
        }
      }
      // What lies right of the diagonal is zero.
      multiply(right, first, Math.min(right.rows(), to), product);
      for (int row = 0; row < rows; row++) {
        product.copyRow(row, 0, right.columns(), 1, target, offset + row * draws.columns() + first);
      }
    }
  }

  private void multiply(Stripes<A> right, int first, int depth, Stripes<A> product) {
    int stride = draws.columns();
    int step = stride <= TallShape.FACTOR_COLUMNS ? LEAST_DEPTH : CACHED_DEPTH;
    for (int k = 0; k < depth; k += step) {
      int count = Math.min(step, depth - k);
      // Left of its diagonal S is zero, too.
      int stripe = Math.max(0, k - first) / draws.precision().stripe();
      draws
          .precision()
          .multiplyAdd(
              draws.kernels(),
              new Extent(product.rows(), count, right.count() - stripe),
              vectors,
              new Place(k, stride, 1),
              right.values(),
              right.series(stripe, k),
              product.values(),
              product.series(stripe, 0));
    }
  }
}
