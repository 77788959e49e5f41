package dev.kindling.matrix;

import dev.kindling.kernel.MatrixKernels.Place;

/**
 * {@code X^T X} of the draws at and below the diagonal of a matrix with more rows than columns, in
 * pairs of column blocks and tiles of rows.
 */
final class TallGram {
  /** Draws are made in whole runs of so many: the last ones of a run cost more when left over. */
  private static final int RUN = 256;

  private TallGram() {}

  /**
   * Returns the sum over a tile of rows.
   *
   * @param left block of columns, at most {@code right}
   * @param right block of columns
   * @param tile tile of rows
   * @return by rows; of a block with itself the upper triangle
   */
  static <A> double[] tile(Draws<A> draws, int left, int right, int tile) {
    TallShape shape = new TallShape(draws.rows(), draws.columns());
    int leftWidth = shape.gramWidth(left);
    int rightWidth = shape.gramWidth(right);
    Gram<A> gram =
        left == right
            ? Gram.symmetric(draws.kernels(), draws.precision(), rightWidth)
            : Gram.rectangular(draws.kernels(), draws.precision(), leftWidth, rightWidth);
    int rowLength = left == right ? rightWidth : leftWidth + rightWidth;
    int rightOffset = rowLength - rightWidth;
    A x = draws.precision().allocate(Gram.CHUNK * rowLength);
    // Above the right block's diagonal all of its columns are zero.
    int start = Math.max(tile * shape.tileRows(), shape.gramStart(right));
    int end = (int) Math.min(draws.rows(), (tile + 1L) * shape.tileRows());
    for (int row = start; row < end; row += Gram.CHUNK) {
      int depth = Math.min(Gram.CHUNK, end - row);
      if (rightWidth == draws.columns()) {
        draw(draws, row, row + depth, x);
      } else {
        for (int k = 0; k < depth; k++) {
          if (left != right) {
            draw(draws, row + k, shape.gramStart(left), leftWidth, x, k * rowLength);
          }
          draw(draws, row + k, shape.gramStart(right), rightWidth, x, k * rowLength + rightOffset);
        }
      }
      gram.add(
          x,
          new Place(0, 1, rowLength),
          new Place(rightOffset, 1, rowLength),
          depth,
          Math.min(rightWidth, row + depth - shape.gramStart(right)));
    }
    return gram.sums();
  }

  /** Writes the draws of whole rows, zeros right of the diagonal. */
  static <A> void draw(Draws<A> draws, int from, int to, A target) {
    int columns = draws.columns();
    int row = from;
    for (; row < Math.min(to, columns); row++) {
      draw(draws, row, 0, columns, target, (row - from) * columns);
    }
    if (row < to) {
      draws.rows(row, to, target, (row - from) * columns);
    }
  }

  /** Writes the draws of part of a row, zeros right of the diagonal. */
  static <A> void draw(Draws<A> draws, int row, int column, int width, A target, int offset) {
    int filled = Math.max(0, Math.min(width, row + 1 - column));
    int drawn = Math.min(width, (filled + RUN - 1) / RUN * RUN);
    draws.row(row, column, column + drawn, target, offset);
    draws.precision().clear(target, offset + filled, offset + width);
  }
}
