package dev.kindling.matrix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A block of {@code -G}, {@code G = U^T U}: what the sums of the draws' products become with the
 * diagonal of U in place of theirs, rounded to the working precision once.
 *
 * @param row row of G where it begins
 * @param column column of G where it begins
 * @param rows its rows
 * @param columns its columns
 * @param values elements, by rows; of a block on the diagonal the upper triangle
 * @param factors T of each group of {@link Panel#WIDTH} reflections, by rows, of a block on the
 *     diagonal
 */
record MinusGram<A>(int row, int column, int rows, int columns, A values, List<A> factors) {
  /** Added to a row, so that rows do not all begin in the same set of the L1 cache. */
  private static final int PADDING = 8;

  /**
   * Makes the block of two blocks of columns.
   *
   * @param heads diagonal of U
   * @param sums of the draws, by rows
   */
  static <A> MinusGram<A> of(Draws<A> draws, double[] heads, int left, int right, double[] sums) {
    TallShape shape = new TallShape(draws.rows(), draws.columns());
    int rows = shape.gramWidth(left);
    int stride = shape.gramWidth(right) + PADDING;
    A values = draws.precision().allocate(Math.multiplyExact(rows, stride));
    List<A> factors = new ArrayList<>();
    MinusGram<A> block =
        new MinusGram<>(
            shape.gramStart(left),
            shape.gramStart(right),
            rows,
            shape.gramWidth(right),
            values,
            factors);
    double[] group = new double[Panel.WIDTH * stride];
    for (int top = 0; top < rows; top += Panel.WIDTH) {
      int count = block.groupRows(top);
      block.negate(sums, top, count, group);
      block.correct(draws, heads, top, count, group);
      draws.precision().round(group, 0, values, top * stride, count * stride);
      if (left == right) {
        factors.add(
            PanelFactor.byRows(
                draws.precision(), TriangularFactor.minus(group, top, stride, count)));
      }
    }
    return block;
  }

  /** Returns the distance between two rows. */
  int stride() {
    return columns + PADDING;
  }

  /** Returns how many reflections have their T in common with the one at a multiple of a width. */
  int groupRows(int top) {
    return Math.min(Panel.WIDTH, rows - top);
  }

  /** Returns T of the group of reflections at a multiple of a width, by rows. */
  A factor(int top) {
    return factors.get(top / Panel.WIDTH);
  }

  private void negate(double[] sums, int top, int count, double[] group) {
    boolean isOnDiagonal = row == column;
    Arrays.fill(group, 0);
    for (int i = 0; i < count; i++) {
      for (int k = isOnDiagonal ? top + i : 0; k < columns; k++) {
        group[i * stride() + k] = -sums[(top + i) * columns + k];
      }
    }
  }

  /** Takes the change of U's diagonal elements into account. */
  private void correct(Draws<A> draws, double[] heads, int top, int count, double[] group) {
    A drawn = draws.precision().allocate(count + 1);
    double[] draw = new double[count + 1];
    int first = row + top;
    for (int k = Math.max(0, first - column); k < columns; k++) {
      int global = column + k;
      int above = Math.min(count, global - first);
      draws.row(global, first, first + above, drawn, 0);
      draws.row(global, global, global + 1, drawn, above);
      draws.precision().widen(drawn, 0, draw, 0, above + 1);
      double change = draw[above] - heads[global];
      for (int i = 0; i < above; i++) {
        group[i * stride() + k] = Math.fma(draw[i], change, group[i * stride() + k]);
      }
      if (above < count) {
        int diagonal = above * stride() + k;
        group[diagonal] = Math.fma(heads[global] + draw[above], change, group[diagonal]);
      }
    }
  }
}
