package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/**
 * Forget bias of an LSTM.
 *
 * @param order how the bias holds its gates: ifgo torch, ifco keras, ifog dl4j, iofc onnx, ijfo
 *     tensorflow 1
 * @param forget value at the forget gate
 * @param vectors number of bias vectors on the last axis; all but the first are zero
 */
@About(
    formula = "forget at the forget gate, 0 at the others",
    source =
        "Gers, Schmidhuber, Cummins 2000, Learning to forget; Jozefowicz, Zaremba, "
            + "Sutskever 2015, An empirical exploration of recurrent network architectures",
    use =
        "The bias of an LSTM. PyTorch adds two bias vectors: give one of them zeros. "
            + "ONNX has both in one tensor: order iofc, vectors 2.")
public record LstmBias(GateOrder order, double forget, int vectors) implements Scheme {
  public LstmBias {
    order.ofLstm();
    Require.finite(forget, "forget");
    Require.positive(vectors, "vectors");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.GateFill(order, forget, vectors);
  }

  @Override
  public int minRank() {
    return 1;
  }
}
