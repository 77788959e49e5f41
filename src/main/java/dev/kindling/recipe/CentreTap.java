package dev.kindling.recipe;

import dev.kindling.model.Layout;
import dev.kindling.model.Shape;
import dev.kindling.scheme.Draw;
import dev.kindling.scheme.Orthogonal;
import dev.kindling.scheme.Schemes;

/**
 * A kernel of a convolution that is zero but at its centre tap, {@code (extent - 1) / 2} on every
 * spatial axis, where it holds a matrix per group over the first two axes.
 *
 * @param matrix what stands at the centre
 * @param taps number of taps
 * @param centre index of the centre tap
 */
record CentreTap(InnerTensor matrix, long taps, long centre) {
  /**
   * Returns the centre of a delta-orthogonal kernel.
   *
   * @throws IllegalArgumentException if a group has fewer outputs than inputs
   */
  static CentreTap of(
      String tensor, Shape shape, Layout layout, Block block, Draw.Centred centred) {
    if (block.axis() != Block.Axis.ROWS || block.to() != shape.dim(0)) {
      throw new IllegalArgumentException(
          "%s takes a whole tensor, without fused parts".formatted(Schemes.name(block.scheme())));
    }
    long rows = shape.dim(0) / block.parts();
    long outputs = layout == Layout.OUT_IN ? rows : shape.dim(1);
    long inputs = layout == Layout.OUT_IN ? shape.dim(1) : rows;
    if (outputs < inputs) {
      throw new IllegalArgumentException(
          "%s keeps norms only with at least as many outputs as inputs (found %d outputs and %d inputs%s)"
              .formatted(
                  Schemes.name(block.scheme()),
                  outputs,
                  inputs,
                  block.parts() > 1 ? " in each group" : ""));
    }
    Block whole =
        Block.whole(shape.dim(0), block.parts(), new Orthogonal(centred.gain()), block.fans());
    return new CentreTap(
        InnerTensor.of(tensor, Shape.of(shape.dim(0), shape.dim(1)), layout, whole),
        shape.elementsFrom(2),
        centre(shape));
  }

  private static long centre(Shape shape) {
    long centre = 0;
    for (int axis = 2; axis < shape.rank(); axis++) {
      centre += (shape.dim(axis) - 1) / 2 * shape.elementsFrom(axis + 1);
    }
    return centre;
  }

  /** Returns how many elements of the matrix stand before an element of the kernel. */
  long before(long index) {
    return (index - centre + taps - 1) / taps;
  }

  /** Returns where an element of the matrix stands in the kernel. */
  long place(long matrixIndex) {
    return matrixIndex * taps + centre;
  }
}
