package dev.kindling.forward;

import dev.kindling.model.Shape;

/** Where a layer's output keeps its channels. */
public enum ChannelAxis {
  /** After the batch: convolutions. */
  SECOND,
  /** Innermost: dense layers. */
  LAST;

  /** Returns the axis in an output of this shape, counted from the outermost. */
  public int in(Shape output) {
    return switch (this) {
      case SECOND -> 1;
      case LAST -> output.rank() - 1;
    };
  }
}
