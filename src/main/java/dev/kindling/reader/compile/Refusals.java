package dev.kindling.reader.compile;

import dev.kindling.base.InputException;
import dev.kindling.reader.file.Problems;

/** Says of layers why they cannot be compiled. */
record Refusals(Problems problems) {
  /** Returns what to throw. */
  InputException refuse(LayerSpec layer, String reason) {
    return problems.refuse("layer '%s'".formatted(layer.name()), layer.line(), reason);
  }

  /** Accepts what flows as {@code [features]} or {@code [time, features]}. */
  void requireFeatures(LayerSpec layer, Activations in) {
    if (in.sample().rank() > 2) {
      throw refuse(
          layer,
          "it needs [features] or [time, features] (found %s): put flatten or global-avg-pool before it"
              .formatted(in.sample()));
    }
  }

  /** Accepts what flows as {@code [time, features]}. */
  void requireSequence(LayerSpec layer, Activations in) {
    if (in.sample().rank() != 2) {
      throw refuse(layer, "it needs [time, features] (found %s)".formatted(in.sample()));
    }
  }
}
