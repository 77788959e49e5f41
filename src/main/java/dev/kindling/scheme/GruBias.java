package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/**
 * Update bias of a GRU.
 *
 * @param order how the bias holds its gates: rzn torch, zrh keras and onnx
 * @param update value at the update gate
 * @param vectors number of bias vectors on the last axis; all but the first are zero
 */
@About(
    formula = "update at the update gate z, 0 at the others",
    source =
        "by analogy with lstm_bias; z near 1 keeps the old state in PyTorch, Keras and " + "ONNX",
    use =
        "The bias of a GRU that should remember from the start. A GRU has no forget "
            + "gate, zeros are common.")
public record GruBias(GateOrder order, double update, int vectors) implements Scheme {
  public GruBias {
    order.ofGru();
    Require.finite(update, "update");
    Require.positive(vectors, "vectors");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.GateFill(order, update, vectors);
  }

  @Override
  public int minRank() {
    return 1;
  }
}
