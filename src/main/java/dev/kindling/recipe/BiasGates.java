package dev.kindling.recipe;

import dev.kindling.model.FusedPart;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.Draw;
import dev.kindling.scheme.GateOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How the bias of an LSTM or GRU holds its gates, where the model says so.
 *
 * @param order their order
 * @param vectors number of bias vectors on its last axis
 */
record BiasGates(GateOrder order, int vectors) {
  /** Returns the gates of a tensor, or nothing if it is no such bias or the model is silent. */
  static Optional<BiasGates> of(Tensor tensor) {
    String letters =
        tensor.fused().stream()
            .map(FusedPart::name)
            .collect(Collectors.joining())
            .toUpperCase(Locale.ROOT);
    return Arrays.stream(GateOrder.values())
        .filter(order -> tensor.role() == Role.RECURRENT_BIAS && isRepeated(letters, order.name()))
        .map(order -> new BiasGates(order, letters.length() / order.count()))
        .findFirst();
  }

  /**
   * Accepts a draw that knows the gates as the model has them.
   *
   * @throws IllegalArgumentException if it would give one gate's bias to another
   */
  void check(Draw draw) {
    if (draw instanceof Draw.GateFill fill) {
      check(new BiasGates(fill.order(), fill.vectors()));
    } else if (draw instanceof Draw.GateLags lags) {
      check(new BiasGates(lags.order(), lags.vectors()));
    }
  }

  private void check(BiasGates stated) {
    boolean same =
        stated.vectors == vectors
            && stated.order.count() == order.count()
            && stated.order.keep() == order.keep()
            && stated.order.input() == order.input();
    if (!same) {
      throw new IllegalArgumentException(
          "the model holds its gates otherwise (expected order: %s, vectors: %d, found order: %s, vectors: %d)"
              .formatted(word(order), vectors, word(stated.order), stated.vectors));
    }
  }

  private static String word(GateOrder order) {
    return order.name().toLowerCase(Locale.ROOT);
  }

  private static boolean isRepeated(String letters, String order) {
    return !letters.isEmpty() && letters.replace(order, "").isEmpty();
  }
}
