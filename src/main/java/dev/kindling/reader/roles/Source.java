package dev.kindling.reader.roles;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.kindling.base.InputException;
import dev.kindling.model.ElementType;
import dev.kindling.model.Layout;
import dev.kindling.model.Shape;
import dev.kindling.reader.file.ModelFile;
import java.util.Optional;

/**
 * Where a weight comes from: an initialiser, a Constant node or a graph input without a value.
 *
 * @param name the tensor's name
 * @param proto its tensor in the file, absent for a graph input
 * @param orientation what lies between it and its use
 * @param reshaped whether a Reshape, Unsqueeze or Squeeze lies between them
 */
public record Source(
    String name,
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
    /** The last two of three axes change places. */
    LAST_SWAPPED,
    /** Anything else: no layout of ours describes it. */
    OTHER;

    Orientation swapped() {
      return switch (this) {
        case AS_IS -> SWAPPED;
        case SWAPPED -> AS_IS;
        case LAST_SWAPPED, OTHER -> OTHER;
      };
    }
  }

  /** Returns the layout of the tensor itself when its use reads it in the given one. */
  Layout layout(Layout used) {
    return switch (orientation) {
      case AS_IS, OTHER -> used;
      case SWAPPED, LAST_SWAPPED -> used == Layout.OUT_IN ? Layout.IN_OUT : Layout.OUT_IN;
    };
  }

  /**
   * Returns whether the use sees a tensor of this rank, as far as can be known behind a Reshape.
   */
  boolean canHaveRank(int rank) {
    return reshaped ? shape.rank() >= Math.min(rank, 2) : shape.rank() == rank;
  }

  /**
   * Requires that outputs and inputs are the first two axes.
   *
   * @throws InputException which names the node that uses the weight
   */
  void requireLayout(NodeProto node, ModelFile file) {
    if (orientation == Orientation.OTHER || orientation == Orientation.LAST_SWAPPED) {
      throw file.refuse(
          "node '%s'".formatted(node.getName()),
          "its weight '%s' of shape %s has its outputs and inputs elsewhere than on the first two axes"
              .formatted(name, shape));
    }
  }
}
