package dev.kindling.recipe;

import dev.kindling.model.Layout;
import dev.kindling.model.Shape;
import dev.kindling.scheme.Draw;
import dev.kindling.scheme.Schemes;
import java.util.ArrayList;
import java.util.List;

/**
 * A tensor that holds another one, W, and its negative: which element of W, with which sign, stands
 * where. W has the tensor's name, half its extent on mirrored axes, and indices of its own, so that
 * a place and its mirror images draw the same word.
 *
 * @param original W
 * @param rows rows of the tensor's matrix
 * @param columns columns of the tensor's matrix
 */
record Mirror(InnerTensor original, long rows, long columns) {
  /**
   * Returns the mirror of a tensor.
   *
   * @throws IllegalArgumentException if the tensor cannot be halved, or W not be drawn
   */
  static Mirror of(String tensor, Shape shape, Layout layout, Block block, Draw.Mirrored mirrored) {
    if (block.parts() > 1 || block.axis() != Block.Axis.ROWS || block.to() != shape.dim(0)) {
      throw new IllegalArgumentException(
          "%s mirrors the channels of a whole tensor, without groups and fused parts"
              .formatted(Schemes.name(block.scheme())));
    }
    int outputAxis = layout == Layout.OUT_IN ? 0 : 1;
    List<Long> dims = new ArrayList<>(shape.dims());
    if (mirrored.place().mirrorsOutputs()) {
      dims.set(outputAxis, half(shape.dim(outputAxis), "outputs"));
    }
    if (mirrored.place().mirrorsInputs()) {
      dims.set(1 - outputAxis, half(shape.dim(1 - outputAxis), "inputs"));
    }
    Block whole = Block.whole(dims.get(0), 1, mirrored.scheme(), mirrored.fans());
    return new Mirror(
        InnerTensor.of(tensor, new Shape(dims), layout, whole),
        shape.dim(0),
        shape.elementsFrom(1));
  }

  private static long half(long channels, String what) {
    if (channels % 2 != 0) {
      throw new IllegalArgumentException(
          "looks_linear pairs channels with their negatives (expected an even number of %s, found %d)"
              .formatted(what, channels));
    }
    return channels / 2;
  }

  /** Returns the piece that an element of the tensor lies in, as far as it goes from there. */
  Piece at(long index) {
    long innerRows = original.entry().rows();
    long innerColumns = original.entry().columns();
    long row = index / columns;
    long column = index % columns;
    boolean below = row >= innerRows;
    boolean behind = column >= innerColumns;
    long end =
        innerColumns == columns
            ? (below ? rows : innerRows) * columns
            : row * columns + (behind ? columns : innerColumns);
    return new Piece(
        row % innerRows * innerColumns + column % innerColumns,
        end - index,
        below == behind ? 1 : -1);
  }

  /**
   * Consecutive elements that are consecutive in W too.
   *
   * @param start index in W of the first
   * @param length their number
   * @param sign 1 or -1
   */
  record Piece(long start, long length, int sign) {}
}
