package dev.kindling.recipe;

import dev.kindling.kernel.Affine;
import dev.kindling.model.Shape;

/**
 * Identity matrices and their like for convolutions: 1 where the first two axes have equal indices
 * and the others are at {@code extent / 2}, within each group.
 */
final class DeltaPattern {
  private final long columns;
  private final Block block;
  private final long height;
  private final long taps;
  private final long centre;

  DeltaPattern(RecipeEntry entry, Block block) {
    this.columns = entry.columns();
    this.block = block;
    this.height =
        block.axis() == Block.Axis.ROWS
            ? (block.to() - block.from()) / block.parts()
            : entry.rows();
    this.taps = entry.matrix().elementsFrom(2);
    this.centre = centre(entry.matrix());
  }

  /**
   * Returns the place of the centre among the taps of a kernel, {@code extent / 2} on each axis.
   */
  static long centre(Shape shape) {
    long centre = 0;
    for (int axis = 2; axis < shape.rank(); axis++) {
      centre += shape.dim(axis) / 2 * shape.elementsFrom(axis + 1);
    }
    return centre;
  }

  /** Writes elements of the tensor from a flat index on, all of them in the block. */
  void fill(long start, Affine affine, Target target) {
    boolean wholeRows = block.axis() == Block.Axis.ROWS;
    long row = start / columns;
    long column = start % columns;
    for (int i = 0; i < target.length(); i++) {
      long one =
          wholeRows
              ? (row - block.from()) % height * taps + centre
              : block.from() + row * taps + centre;
      target.put(i, column == one ? affine.factor() + affine.summand() : affine.summand());
      column++;
      if (column == columns) {
        column = 0;
        row++;
      }
    }
  }
}
