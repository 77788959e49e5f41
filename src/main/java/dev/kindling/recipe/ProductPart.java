package dev.kindling.recipe;

import dev.kindling.model.Layout;
import dev.kindling.model.Shape;
import dev.kindling.scheme.Draw;
import dev.kindling.scheme.Mimetic;

/**
 * Which rows of which product's factor the elements of a block are. A factor's rows are singular
 * vectors; a weight has them along its outputs, or along its inputs if it is an attention's output.
 *
 * @param group name of the tensor by which the product is drawn
 * @param scheme how
 * @param isTurned whether the tensor's columns are the factor's rows
 * @param firstRow the tensor's row where the block begins
 * @param firstColumn its column
 * @param side rows and columns of the product
 * @param rank rows of the factor that are needed
 */
record ProductPart(
    String group,
    Mimetic scheme,
    boolean isTurned,
    long firstRow,
    long firstColumn,
    int side,
    int rank) {
  /**
   * Returns what a block holds.
   *
   * @throws IllegalArgumentException if it cannot be part of such a product
   */
  static ProductPart of(String tensor, Shape shape, Layout layout, Block block, Mimetic scheme) {
    if (shape.rank() != 2 || block.parts() > 1) {
      throw new IllegalArgumentException(
          "mimetic is for matrices without groups (found shape %s)".formatted(shape));
    }
    boolean rows = block.axis() == Block.Axis.ROWS;
    long length = block.to() - block.from();
    long height = rows ? length : shape.dim(0);
    long width = rows ? shape.dim(1) : length;
    boolean turned = (layout == Layout.OUT_IN) == (scheme.part() == Mimetic.Part.OUTPUT);
    long vectors = turned ? width : height;
    long side = turned ? height : width;
    check(scheme, vectors, side);
    return new ProductPart(
        scheme.group().isEmpty() ? tensor : scheme.group(),
        scheme,
        turned,
        rows ? block.from() : 0,
        rows ? 0 : block.from(),
        (int) side,
        (int)
            (scheme.part().isByHeads()
                ? scheme.width()
                : scheme.first() * scheme.width() + vectors));
  }

  private static void check(Mimetic scheme, long vectors, long side) {
    if (side > Draw.ProductFactor.LONGEST_SIDE) {
      throw new IllegalArgumentException(
          "mimetic computes a product of queries and keys, or values and output, as a whole (expected a width of at most %d, found %d)"
              .formatted(Draw.ProductFactor.LONGEST_SIDE, side));
    }
    boolean heads = scheme.part().isByHeads();
    if (heads && (scheme.width() > side || vectors % scheme.width() != 0)) {
      throw new IllegalArgumentException(
          "mimetic cannot cut %d outputs over %d inputs into heads of width %d"
              .formatted(vectors, side, scheme.width()));
    }
    if (!heads && scheme.first() * scheme.width() + vectors > side) {
      throw new IllegalArgumentException(
          "the product of values and output has no more than %d singular values (expected at most as many values, found %d)"
              .formatted(side, scheme.first() * scheme.width() + vectors));
    }
  }

  /** Returns the index of the singular vector that an element of the tensor belongs to. */
  long vector(long row, long column) {
    return (isTurned ? column - firstColumn : row - firstRow) + scheme.first() * scheme.width();
  }

  /** Returns which element of that vector it is. */
  int element(long row, long column) {
    return (int) (isTurned ? row - firstRow : column - firstColumn);
  }

  /** Returns the product that a vector belongs to: that of its head, or the only one. */
  long product(long vector) {
    return scheme.part().isByHeads() ? vector / scheme.width() : 0;
  }

  /** Returns the row of that product's factor that a vector is. */
  int row(long vector) {
    return (int) (scheme.part().isByHeads() ? vector % scheme.width() : vector);
  }
}
