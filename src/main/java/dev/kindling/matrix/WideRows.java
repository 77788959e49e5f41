package dev.kindling.matrix;

import dev.kindling.kernel.MatrixKernels.Extent;
import dev.kindling.kernel.MatrixKernels.Place;
import dev.kindling.kernel.MatrixKernels.Series;

/**
 * Rows of a matrix that has no more rows than columns. Row j is column j of Q, which reflections 0
 * to j alone touch: they are applied to the unit vectors in panels, the last first, {@code X += V
 * (-T) (V^T X)}. A later reflection meets column j as exact zeros, so it does not matter which rows
 * are computed together.
 */
final class WideRows<A> {
  /** Rows of X and V that stay in the caches while all stripes pass over them. */
  private static final int CACHED_ROWS = 120;

  /** Rows of -T that are multiplied from their first diagonal element on. */
  private static final int TRIANGLE_ROWS = 24;

  private final Draws<A> draws;
  private final int from;
  private final Panel<A> panel;

  /** Columns of Q, one per row of the result. */
  private final Stripes<A> x;

  /** {@code V^T X}. */
  private final Stripes<A> projections;

  /** {@code -T V^T X}. */
  private final Stripes<A> changes;

  private final double[] signs;

  private WideRows(Draws<A> draws, int from, int to) {
    this.draws = draws;
    this.from = from;
    this.panel = new Panel<>(draws, PanelFactors.of(draws.precision()));
    int count = (to - from) / draws.period();
    this.x = new Stripes<>(draws.precision(), draws.columns(), count);
    this.projections = new Stripes<>(draws.precision(), Panel.WIDTH, count);
    this.changes = new Stripes<>(draws.precision(), Panel.WIDTH, count);
    this.signs = new double[count];
  }

  /**
   * Writes every {@linkplain Draws#period every so many-th} row from {@code from} to {@code to}.
   */
  static <A> void compute(Draws<A> draws, int from, int to, A target, int offset) {
    if (from < to) {
      WideRows<A> rows = new WideRows<>(draws, from, to);
      for (int j = from; j < to; j += draws.period()) {
        rows.x.set(j, rows.column(j), 1);
      }
      for (int panel = Panel.countFor(to) - 1; panel >= 0; panel--) {
        rows.apply(panel);
      }
      rows.x.copyTransposed(rows.signs, target, offset);
    }
  }

  private void apply(int index) {
    panel.load(index);
    // Panels begin at multiples of the period, as the range does.
    int firstSign = Math.max(0, from - panel.first());
    for (int k = firstSign; k < panel.count(); k += draws.period()) {
      int column = column(panel.first() + k);
      if (column < signs.length) {
        signs[column] = -panel.sign(k);
      }
    }
    // Earlier rows are unit vectors before this panel still, and stay so.
    int stripe = column(Math.max(from, panel.first())) / draws.precision().stripe();
    project(stripe);
    multiplyByMinusT(stripe);
    addChanges(stripe);
  }

  /** Returns the column of X that becomes a row of the matrix. */
  private int column(int row) {
    return (row - from) / draws.period();
  }

  private void project(int firstStripe) {
    projections.clear();
    for (int row = panel.first(); row < draws.columns(); row += CACHED_ROWS) {
      int depth = Math.min(CACHED_ROWS, draws.columns() - row);
      Extent extent = new Extent(panel.count(), depth, x.count() - firstStripe);
      Series right = x.series(firstStripe, row);
      Place place = panel.transposed(row);
      multiplyAdd(
          extent,
          panel.vectors(),
          place,
          x,
          right,
          projections,
          projections.series(firstStripe, 0));
    }
  }

  private void multiplyByMinusT(int firstStripe) {
    changes.clear();
    for (int row = 0; row < panel.count(); row += TRIANGLE_ROWS) {
      int count = Math.min(TRIANGLE_ROWS, panel.count() - row);
      Extent extent = new Extent(count, panel.count() - row, x.count() - firstStripe);
      Place triangle = new Place(row * panel.count() + row, panel.count(), 1);
      Series right = projections.series(firstStripe, row);
      multiplyAdd(
          extent,
          panel.minusT(),
          triangle,
          projections,
          right,
          changes,
          changes.series(firstStripe, row));
    }
  }

  private void addChanges(int firstStripe) {
    for (int row = panel.first(); row < draws.columns(); row += CACHED_ROWS) {
      int count = Math.min(CACHED_ROWS, draws.columns() - row);
      Extent extent = new Extent(count, panel.count(), x.count() - firstStripe);
      Series right = changes.series(firstStripe, 0);
      Place place = panel.place(row);
      multiplyAdd(extent, panel.vectors(), place, changes, right, x, x.series(firstStripe, row));
    }
  }

  private void multiplyAdd(
      Extent extent, A a, Place place, Stripes<A> b, Series right, Stripes<A> c, Series sum) {
    draws
        .precision()
        .multiplyAdd(draws.kernels(), extent, a, place, b.values(), right, c.values(), sum);
  }
}
