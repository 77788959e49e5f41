package dev.kindling.matrix;

import dev.kindling.kernel.MatrixKernels.Extent;
import dev.kindling.kernel.MatrixKernels.Place;

/**
 * Solves for blocks of columns of S: {@code (striu(G) + diag(G) / 2) S = U_top^T}, in float64, from
 * the last rows up.
 *
 * <p><b>Exactness.</b> An element is one chain: from {@code -U_top^T}, over the later blocks of G
 * in their order, then over the later rows of its own block; each group of {@link Panel#WIDTH} rows
 * is then multiplied by the triangular factor of its reflections.
 */
final class TallSolver<A> {
  private static final int CACHED_DEPTH = 128;

  private final Draws<A> draws;
  private final TallShape shape;
  private final double[] heads;
  private final Blocks blocks;
  private final A row;
  private Minus last;

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
    this.row = draws.precision().allocate(Math.max(TallShape.GRAM_COLUMNS, draws.columns()) + 1);
  }

  /**
   * Returns a block of columns of {@code -S D}, in stripes of the working precision; rows below the
   * block's last diagonal element are left out.
   */
  Stripes<A> solve(int block) {
    int first = shape.factorStart(block);
    int end = shape.factorStart(block + 1);
    Stripes<double[]> z = rightSide(first, end);
    int lastBlock = (end - 1) / TallShape.GRAM_COLUMNS;
    for (int left = lastBlock; left >= 0; left--) {
      for (int right = left + 1; right <= lastBlock; right++) {
        Minus minus = minus(left, right);
        multiply(minus, 0, minus.rows, 0, Math.min(minus.columns, end - minus.column), z);
      }
      solveDiagonal(minus(left, left), z);
    }
    return signed(z, first);
  }

  /** Returns {@code -U_top^T}. */
  private Stripes<double[]> rightSide(int first, int end) {
    Stripes<double[]> z = new Stripes<>(Precision.FLOAT64, end, end - first);
    for (int column = first; column < end; column++) {
      draws.row(column, 0, column, row, 0);
      for (int k = 0; k < column; k++) {
        z.set(k, column - first, -draws.precision().at(row, k));
      }
      z.set(column, column - first, -heads[column]);
    }
    return z;
  }

  private void solveDiagonal(Minus minus, Stripes<double[]> z) {
    int rows = Math.min(minus.rows, z.rows() - minus.row);
    for (int top = (rows - 1) / Panel.WIDTH * Panel.WIDTH; top >= 0; top -= Panel.WIDTH) {
      int bottom = Math.min(rows, top + Panel.WIDTH);
      multiply(minus, top, bottom, bottom, rows, z);
      multiplyByT(minus, top, bottom - top, z);
    }
  }

  private void multiplyByT(Minus minus, int top, int count, Stripes<double[]> z) {
    double[] t = minus.t(top);
    // Of the group's T the leading part, if the block of S ends within the group.
    Place place = new Place(0, minus.groupRows(top), 1);
    int first = firstStripe(minus.row + top, z);
    Stripes<double[]> product = new Stripes<>(Precision.FLOAT64, count, z.columns());
    draws
        .kernels()
        .multiplyAdd(
            new Extent(count, count, z.count() - first),
            t,
            place,
            z.values(),
            z.series(first, minus.row + top),
            product.values(),
            product.series(first, 0));
    for (int stripe = first; stripe < z.count(); stripe++) {
      int length = count * Precision.FLOAT64.stripe();
      System.arraycopy(
          product.values(),
          product.index(stripe, 0),
          z.values(),
          z.index(stripe, minus.row + top),
          length);
    }
  }

  /** Adds {@code -G[rows][columns] z[columns]} to {@code z[rows]}; both ranges are of the block. */
  private void multiply(Minus minus, int top, int bottom, int from, int to, Stripes<double[]> z) {
    for (int k = from; k < to; k += CACHED_DEPTH) {
      int stripe = firstStripe(minus.column + k, z);
      draws
          .kernels()
          .multiplyAdd(
              new Extent(bottom - top, Math.min(CACHED_DEPTH, to - k), z.count() - stripe),
              minus.values,
              new Place(top * minus.stride + k, minus.stride, 1),
              z.values(),
              z.series(stripe, minus.column + k),
              z.values(),
              z.series(stripe, minus.row + top));
    }
  }

  /** Returns the first stripe where a row is not zero: columns left of the diagonal are. */
  private static int firstStripe(int row, Stripes<double[]> z) {
    int first = z.rows() - z.columns();
    return Math.max(0, row - first) / Precision.FLOAT64.stripe();
  }

  /** Returns {@code -S D} of {@code -S}. */
  private Stripes<A> signed(Stripes<double[]> z, int first) {
    Stripes<A> signed = new Stripes<>(draws.precision(), z.rows(), z.columns());
    for (int row = 0; row < z.rows(); row++) {
      for (int column = 0; column < z.columns(); column++) {
        double element = z.at(row, column);
        signed.set(row, column, heads[first + column] >= 0 ? -element : element);
      }
    }
    return signed;
  }

  /** The last block is kept: where there is only one, all columns of S need it. */
  private Minus minus(int left, int right) {
    if (last == null
        || last.row != shape.gramStart(left)
        || last.column != shape.gramStart(right)) {
      last = null;
      last = new Minus(left, right);
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

  /** A block of -G: what the draws' sums become with the diagonal of U in place of theirs. */
  private final class Minus {
    /** Added to a row, so that rows do not all begin in the same set of the L1 cache. */
    private static final int PADDING = 8;

    private final int row;
    private final int column;
    private final int rows;
    private final int columns;
    private final int stride;
    private final double[] values;
    private final double[][] factors;

    Minus(int left, int right) {
      row = shape.gramStart(left);
      column = shape.gramStart(right);
      rows = shape.gramWidth(left);
      columns = shape.gramWidth(right);
      stride = columns + PADDING;
      values = new double[Math.multiplyExact(rows, stride)];
      factors = new double[rows / Panel.WIDTH + 1][];
      double[] sums = blocks.block(left, right);
      for (int i = 0; i < rows; i++) {
        for (int k = left == right ? i : 0; k < columns; k++) {
          values[i * stride + k] = -sums[i * columns + k];
        }
      }
      for (int k = 0; k < columns; k++) {
        correct(k);
      }
    }

    /** Takes the change of U's diagonal element into account. */
    private void correct(int k) {
      int global = column + k;
      Precision<A> precision = draws.precision();
      int filled = Math.min(rows, global + 1 - row);
      draws.row(global, row, row + filled, TallSolver.this.row, 0);
      draws.row(global, global, global + 1, TallSolver.this.row, filled);
      double draw = precision.at(TallSolver.this.row, filled);
      double change = draw - heads[global];
      for (int i = 0; i < Math.min(filled, global - row); i++) {
        double above = precision.at(TallSolver.this.row, i);
        values[i * stride + k] = Math.fma(above, change, values[i * stride + k]);
      }
      if (global < row + rows) {
        values[k * stride + k] = Math.fma(heads[global] + draw, change, values[k * stride + k]);
      }
    }

    /**
     * Returns how many reflections have their T in common with the one at a multiple of a width.
     */
    int groupRows(int top) {
      return Math.min(Panel.WIDTH, rows - top);
    }

    /** Returns T of a group of reflections, by rows. */
    double[] t(int top) {
      int index = top / Panel.WIDTH;
      if (factors[index] == null) {
        int count = groupRows(top);
        double[] byRows = new double[count * count];
        double[][] byColumns = TriangularFactor.minus(values, top * stride + top, stride, count);
        for (int k = 0; k < count; k++) {
          for (int i = 0; i <= k; i++) {
            byRows[i * count + k] = byColumns[k][i];
          }
        }
        factors[index] = byRows;
      }
      return factors[index];
    }
  }
}
