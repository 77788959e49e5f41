package dev.kindling.checkpoint;

import dev.kindling.base.Require;
import java.io.Serializable;

/**
 * A range of rows of a tensor.
 *
 * @param tensor its name
 * @param firstRow number of the first row
 * @param rowCount number of rows, at least one
 */
public record ShardRange(String tensor, long firstRow, long rowCount) implements Serializable {
  public ShardRange {
    Require.notBlank(tensor, "tensor name");
    Require.notNegative(firstRow, "first row");
    Require.positive(rowCount, "row count");
  }

  /** Returns the number of the row behind the last. */
  public long endRow() {
    return firstRow + rowCount;
  }
}
