package dev.kindling.checkpoint;

import dev.kindling.model.Shape;

/**
 * How a tensor is cut into the rows of the checkpoint: row r holds the flat indices {@code [r L,
 * min((r + 1) L, N))} of its N elements.
 *
 * <p><b>Formula.</b> L is N for rank 0 or 1, otherwise the product of all axes but the first. While
 * L is above {@link #MAX} and more than one axis is left in the product, its leading axis is
 * dropped; then L = min(L, MAX). For a dense {@code [out, in]} that is one row per output, for a
 * bias one row. An empty tensor has no rows.
 */
public final class RowLength {
  /** The largest number of values in a row: 16 MiB of float32. */
  public static final int MAX = 1 << 22;

  private RowLength() {}

  /** Returns the row length L in elements, 0 for some empty tensors. */
  public static int of(Shape shape) {
    int axis = Math.min(shape.rank() - 1, 1);
    long length = shape.elementsFrom(Math.max(axis, 0));
    while (length > MAX && axis < shape.rank() - 1) {
      axis++;
      length = shape.elementsFrom(axis);
    }
    return (int) Math.min(length, MAX);
  }

  /** Returns the number of rows, 0 for an empty tensor. */
  public static long rowCount(Shape shape) {
    long elements = shape.elementCount();
    return elements == 0 ? 0 : (elements - 1) / of(shape) + 1;
  }
}
