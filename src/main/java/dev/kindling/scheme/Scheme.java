package dev.kindling.scheme;

import dev.kindling.model.Fans;
import java.io.Serializable;

/**
 * One initialisation method with its parameters. A new one is a record here and a line in {@link
 * Schemes}.
 */
public sealed interface Scheme extends Serializable
    permits Zeros,
        Ones,
        Constant,
        Normal,
        Uniform,
        GlorotNormal,
        GlorotUniform,
        HeNormal,
        HeUniform,
        LecunNormal,
        LecunUniform,
        Orthogonal {
  /** Returns what is drawn for a tensor with these fans; schemes without fans ignore them. */
  Draw draw(Fans fans);

  /**
   * Returns whether {@link #draw} depends on the fans, so that a tensor of rank below 2 is an
   * error.
   */
  default boolean needsFans() {
    return false;
  }

  /** Returns whether the tensor must be a matrix once its axes behind the first are flattened. */
  default boolean needsMatrix() {
    return needsFans();
  }
}
