package dev.kindling.reader;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.kindling.model.ElementType;
import dev.kindling.model.Layout;
import dev.kindling.model.Shape;
import java.util.Optional;

/**
 * Where a weight comes from: an initialiser, a Constant node or a graph input without a value.
 *
 * @param name the tensor's name
 * @param copy the name that Identity nodes alone, if any, give the tensor on its way to its use
 * @param proto its tensor in the file, absent for a graph input
 * @param orientation what lies between it and its use
 * @param reshaped whether a Reshape lies between them
 */
record Source(
    String name,
    Optional<String> copy,
    Shape shape,
    ElementType type,
    Optional<TensorProto> proto,
    Orientation orientation,
    boolean reshaped) {

  /** What the Transpose nodes between a weight and its use do with its axes. */
  enum Orientation {
    AS_IS,
    /** The first two axes change places. */
    SWAPPED,
    /** Anything else: no layout of ours describes it. */
    OTHER;

    Orientation swapped() {
      return switch (this) {
        case AS_IS -> SWAPPED;
        case SWAPPED -> AS_IS;
        case OTHER -> OTHER;
      };
    }
  }

  /** Returns the layout of the tensor itself when its use reads it in the given one. */
  Layout layout(Layout used) {
    return switch (orientation) {
      case AS_IS, OTHER -> used;
      case SWAPPED -> used == Layout.OUT_IN ? Layout.IN_OUT : Layout.OUT_IN;
    };
  }

  /**
   * Returns the copy as a tensor of its own. Exporters merge parameters that happen to have equal
   * values, such as the scale and the running variance of a new batch norm, and put Identity nodes
   * in place of the others.
   */
  Source separated() {
    return new Source(
        copy.orElse(name), Optional.empty(), shape, type, proto, orientation, reshaped);
  }

  /**
   * Returns whether the use sees a tensor of this rank, as far as can be known behind a Reshape.
   */
  boolean canHaveRank(int rank) {
    return reshaped ? shape.rank() >= Math.min(rank, 2) : shape.rank() == rank;
  }
}
