package dev.kindling.scheme;

import dev.kindling.model.Fans;

/** The width of a Transformer's residual stream, as its initialisation rules need it. */
final class TransformerWidth {
  private TransformerWidth() {}

  /**
   * Returns the stated width, or a fan of the tensor.
   *
   * @param stated width, 0 if it is not stated
   * @param fan the fan on the stream's side
   * @param fans both fans; an embedding's fan-in of 1 says nothing
   */
  static double of(long stated, double fan, Fans fans) {
    if (stated > 0) {
      return stated;
    }
    if (!(fan > 0) || fans.in() == 1) {
      throw new IllegalArgumentException(
          "the fans %s and %s do not tell the width; state it".formatted(fans.in(), fans.out()));
    }
    return fan;
  }
}
