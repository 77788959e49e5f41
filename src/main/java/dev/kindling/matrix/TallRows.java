package dev.kindling.matrix;

import dev.kindling.kernel.MatrixKernels.Place;

/** Rows of a matrix that has more rows than columns: {@code (E[R] - U[R] S) D}. */
final class TallRows<A> {
  /** Rows that are computed together. */
  private static final int SLAB_ROWS = 512;

  private static final int CACHED_ROWS = 258;
  private static final int CACHED_DEPTH = 128;

  /** Added to a row of U so that rows do not all begin in the same set of the L1 cache. */
  private static final int PADDING = 16;

  private final Draws<A> draws;
  private final TallFactor<A> factor;
  private final TallShape shape;
  private final int stride;

  /** U[R]. */
  private final A vectors;

  private TallRows(Draws<A> draws, TallFactor<A> factor, int rows) {
    this.draws = draws;
    this.factor = factor;
    this.shape = new TallShape(draws.rows(), draws.columns());
    this.stride = draws.columns() + PADDING;
    this.vectors = draws.precision().allocate(Math.multiplyExact(rows, stride));
  }

  /** Writes rows {@code from} to {@code to}. */
  static <A> void compute(
      Draws<A> draws, TallFactor<A> factor, int from, int to, A target, int offset) {
    TallRows<A> slab = new TallRows<>(draws, factor, Math.min(SLAB_ROWS, to - from));
    for (int row = from; row < to; row += SLAB_ROWS) {
      int end = Math.min(to, row + SLAB_ROWS);
      slab.load(row, end);
      slab.multiply(row, end, target, offset + (row - from) * draws.columns());
    }
  }

  private void load(int from, int to) {
    for (int row = from; row < to; row++) {
      int start = (row - from) * stride;
      TallGram.draw(draws, row, 0, draws.columns(), vectors, start);
      if (row < draws.columns()) {
        draws.precision().set(vectors, start + row, factor.heads()[row]);
      }
    }
  }

  private void multiply(int from, int to, A target, int offset) {
    for (int block = 0; block < shape.factorBlocks(); block++) {
      Stripes<A> right = factor.block(block);
      int first = shape.factorStart(block);
      Stripes<A> product = new Stripes<>(draws.precision(), to - from, right.columns());
      for (int row = Math.max(from, first); row < Math.min(to, first + right.columns()); row++) {
        product.set(row - from, row - first, factor.heads()[row] >= 0 ? -1 : 1);
      }
      // What lies right of the diagonal is zero.
      multiply(right, Math.min(right.rows(), to), product);
      for (int row = 0; row < to - from; row++) {
        product.copyRow(row, 0, right.columns(), 1, target, offset + row * draws.columns() + first);
      }
    }
  }

  private void multiply(Stripes<A> right, int depth, Stripes<A> product) {
    for (int k = 0; k < depth; k += CACHED_DEPTH) {
      int count = Math.min(CACHED_DEPTH, depth - k);
      for (int row = 0; row < product.rows(); row += CACHED_ROWS) {
        Place place = new Place(row * stride + k, stride, 1);
        for (int stripe = 0; stripe < right.count(); stripe++) {
          draws
              .precision()
              .multiplyAdd(
                  draws.kernels(),
                  Math.min(CACHED_ROWS, product.rows() - row),
                  count,
                  vectors,
                  place,
                  right.values(),
                  right.index(stripe, k),
                  product.values(),
                  product.index(stripe, row));
        }
      }
    }
  }
}
