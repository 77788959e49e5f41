package dev.kindling.matrix;

import dev.kindling.kernel.MatrixKernels.Series;
import dev.kindling.matrix.Precision.Steps;

/**
 * A matrix that is stored as stripes of columns, see {@link dev.kindling.kernel.MatrixKernels}; the
 * last is padded.
 */
final class Stripes<A> {
  /** Rows that are turned round at a time: a piece of a stripe that stays in the L1 cache. */
  private static final int TURNED_ROWS = 64;

  private final Precision<A> precision;
  private final int rows;
  private final int columns;
  private final A values;

  Stripes(Precision<A> precision, int rows, int columns) {
    this.precision = precision;
    this.rows = rows;
    this.columns = columns;
    this.values = precision.allocate(Math.multiplyExact(count() * precision.stripe(), rows));
  }

  /** Returns the array that holds the matrix. */
  A values() {
    return values;
  }

  int rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  /** Returns the number of stripes. */
  int count() {
    return (columns + precision.stripe() - 1) / precision.stripe();
  }

  /** Returns the index of a row of a stripe. */
  int index(int stripe, int row) {
    return (stripe * rows + row) * precision.stripe();
  }

  /** Returns where stripes lie, from a row on. */
  Series series(int stripe, int row) {
    return new Series(index(stripe, row), rows * precision.stripe());
  }

  void clear() {
    precision.clear(values, 0, index(count(), 0));
  }

  double at(int row, int column) {
    return precision.at(values, place(row, column));
  }

  void set(int row, int column, double value) {
    precision.set(values, place(row, column), value);
  }

  /** Sets the first rows of a column to consecutive elements, times a factor. */
  void setColumn(int column, A source, int count, double factor) {
    Steps to = new Steps(place(0, column), precision.stripe());
    precision.copy(source, new Steps(0, 1), values, to, count, factor);
  }

  /** Copies part of a row of columns, times a factor, to consecutive places. */
  void copyRow(int row, int from, int to, double factor, A target, int offset) {
    int column = from;
    while (column < to) {
      int count = Math.min(to - column, precision.stripe() - column % precision.stripe());
      precision.copy(
          values,
          new Steps(place(row, column), 1),
          target,
          new Steps(offset + column - from, 1),
          count,
          factor);
      column += count;
    }
  }

  /**
   * Writes the transpose, each row of it times a factor, by rows.
   *
   * @param factors one per column of this matrix
   * @param offset where it begins
   */
  void copyTransposed(double[] factors, A target, int offset) {
    for (int first = 0; first < columns; first += precision.stripe()) {
      int last = Math.min(columns, first + precision.stripe());
      for (int row = 0; row < rows; row += TURNED_ROWS) {
        int count = Math.min(TURNED_ROWS, rows - row);
        for (int column = first; column < last; column++) {
          precision.copy(
              values,
              new Steps(place(row, column), precision.stripe()),
              target,
              new Steps(offset + column * rows + row, 1),
              count,
              factors[column]);
        }
      }
    }
  }

  private int place(int row, int column) {
    return index(column / precision.stripe(), row) + column % precision.stripe();
  }
}
