package dev.kindling.checkpoint;

import dev.kindling.model.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * A page of values.
 *
 * @param rowCount rows in it
 * @param rowLength values in every row but the last of the tensor
 * @param start flat index of its first value
 * @param count values in it
 */
record PagePlan(int rowCount, int rowLength, long start, int count) {
  /** Returns the pages of a row group in order. */
  static List<PagePlan> of(Shape shape, ShardRange rows, int rowsPerPage) {
    int rowLength = RowLength.of(shape);
    List<PagePlan> pages = new ArrayList<>();
    for (long row = rows.firstRow(); row < rows.endRow(); row += rowsPerPage) {
      int rowCount = (int) Math.min(rowsPerPage, rows.endRow() - row);
      long start = row * rowLength;
      long end = Math.min(Math.multiplyExact(row + rowCount, rowLength), shape.elementCount());
      pages.add(new PagePlan(rowCount, rowLength, start, (int) (end - start)));
    }
    return pages;
  }

  /** Returns the levels that stand in front of its values. */
  byte[] levels() {
    return LevelRuns.of(rowLength, count);
  }
}
