package dev.kindling.matrix;

import dev.kindling.kernel.MatrixKernels.Extent;
import dev.kindling.kernel.MatrixKernels.Place;

/**
 * Solves for blocks of columns of S: {@code (striu(G) + diag(G) / 2) S = U_top^T}, from the last
 * rows up.
 *
 * <p><b>Exactness.</b> An element starts in float64 from that of {@code U_top^T D}. What the later
 * rows of S take from it is one chain in the working precision for each block of G, added in
 * float64, the block on the diagonal last. The sum is rounded to the working precision, and each
 * group of {@link Panel#WIDTH} rows is multiplied by the triangular factor of its reflections. So a
 * chain has at most {@value TallShape#GRAM_COLUMNS} terms, as those of G itself have.
 */
final class TallSolver<A> {
  private static final int CACHED_DEPTH = 256;

  private final Draws<A> draws;
  private final TallShape shape;
  private final double[] heads;
  private final Blocks blocks;
  private MinusGram<A> last;

  /**
   * Prepares to solve.
   *
   * @param heads diagonal of U
   * @param blocks gives the blocks of {@code X^T X} of the draws
   */
  TallSolver(Draws<A> draws, double[] heads, Blocks blocks) {
    this.draws = draws;
    this.shape = new TallShape(draws.rows(), draws.columns());
    this.heads = heads;
    this.blocks = blocks;
  }

  /**
   * Returns a block of columns of {@code -S D}, in stripes of the working precision; rows below the
   * block's last diagonal element are left out.
   */
  Stripes<A> solve(int block) {
    int first = shape.factorStart(block);
    int end = shape.factorStart(block + 1);
    Stripes<A> z = new Stripes<>(draws.precision(), end, end - first);
    int lastBlock = (end - 1) / TallShape.GRAM_COLUMNS;
    for (int left = lastBlock; left >= 0; left--) {
      int top = shape.gramStart(left);
      int rows = Math.min(end, shape.gramStart(left + 1)) - top;
      Stripes<A> product = rightSide(top, rows, first, end);
      double[] sums = new double[product.index(product.count(), 0)];
      draws.precision().addTo(product.values(), 0, sums, 0, sums.length);
      for (int right = left + 1; right <= lastBlock; right++) {
        product.clear();
        MinusGram<A> minus = minus(left, right);
        multiply(minus, 0, rows, 0, Math.min(minus.columns(), end - minus.column()), z, product);
        draws.precision().addTo(product.values(), 0, sums, 0, sums.length);
      }
      solveDiagonal(minus(left, left), rows, z, product, sums);
    }
    return z;
  }

  /** Returns rows of {@code U_top^T} times the signs of U's diagonal, which are {@code -D}. */
  private Stripes<A> rightSide(int top, int rows, int first, int end) {
    Precision<A> precision = draws.precision();
    Stripes<A> rightSide = new Stripes<>(precision, rows, end - first);
    A drawn = precision.allocate(rows);
    for (int column = Math.max(first, top); column < end; column++) {
      int filled = Math.min(rows, column - top);
      draws.row(column, top, top + filled, drawn, 0);
      rightSide.setColumn(column - first, drawn, filled, heads[column] >= 0 ? 1 : -1);
      if (column < top + rows) {
        rightSide.set(column - top, column - first, Math.abs(heads[column]));
      }
    }
    return rightSide;
  }

  /**
   * Solves for the rows of a block of G from the last group up.
   *
   * @param product of the block's shape; its content does not matter
   * @param sums laid out like it
   */
  private void solveDiagonal(
      MinusGram<A> minus, int rows, Stripes<A> z, Stripes<A> product, double[] sums) {
    Precision<A> precision = draws.precision();
    product.clear();
    for (int top = (rows - 1) / Panel.WIDTH * Panel.WIDTH; top >= 0; top -= Panel.WIDTH) {
      int bottom = Math.min(rows, top + Panel.WIDTH);
      multiply(minus, top, bottom, bottom, rows, z, product);
      for (int stripe = 0; stripe < product.count(); stripe++) {
        int from = product.index(stripe, top);
        int length = (bottom - top) * precision.stripe();
        precision.addTo(product.values(), from, sums, from, length);
        precision.round(sums, from, product.values(), from, length);
      }
      multiplyByT(minus, top, bottom - top, product, z);
    }
  }

  private void multiplyByT(
      MinusGram<A> minus, int top, int count, Stripes<A> product, Stripes<A> z) {
    int stripe = firstStripe(minus.row() + top, z);
    draws
        .precision()
        .multiplyAdd(
            draws.kernels(),
            new Extent(count, count, z.count() - stripe),
            minus.factor(top),
            // Of the group's T the leading part, if the block of S ends within the group.
            new Place(0, minus.groupRows(top), 1),
            product.values(),
            product.series(stripe, top),
            z.values(),
            z.series(stripe, minus.row() + top));
  }

  /** Adds {@code -G[rows][columns] z[columns]} to {@code sum[rows]}; both are ranges of a block. */
  private void multiply(
      MinusGram<A> minus, int top, int bottom, int from, int to, Stripes<A> z, Stripes<A> sum) {
    for (int k = from; k < to; k += CACHED_DEPTH) {
      int stripe = firstStripe(minus.column() + k, z);
      draws
          .precision()
          .multiplyAdd(
              draws.kernels(),
              new Extent(bottom - top, Math.min(CACHED_DEPTH, to - k), z.count() - stripe),
              minus.values(),
              new Place(top * minus.stride() + k, minus.stride(), 1),
              z.values(),
              z.series(stripe, minus.column() + k),
              sum.values(),
              sum.series(stripe, top));
    }
  }

  /** Returns the first stripe where a row is not zero: columns left of the diagonal are. */
  private int firstStripe(int row, Stripes<A> z) {
    int first = z.rows() - z.columns();
    return Math.max(0, row - first) / draws.precision().stripe();
  }

  /** The last block is kept: where there is only one, all columns of S need it. */
  private MinusGram<A> minus(int left, int right) {
    if (last == null
        || last.row() != shape.gramStart(left)
        || last.column() != shape.gramStart(right)) {
      last = null;
      last = MinusGram.of(draws, heads, left, right, blocks.block(left, right));
    }
    return last;
  }

  /** Gives the blocks of {@code X^T X} of the draws. */
  @FunctionalInterface
  interface Blocks {
    /**
     * Returns the block of two blocks of columns, by rows; {@code left} is at most {@code right}.
     */
    double[] block(int left, int right);
  }
}
