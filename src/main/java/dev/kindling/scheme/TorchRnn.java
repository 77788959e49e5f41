package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/**
 * Weights and biases of PyTorch's RNN, LSTM and GRU.
 *
 * @param units size of the hidden state; must be stated
 */
@About(
    formula = "U(-a, a) with a = 1 / sqrt(units)",
    source = "PyTorch, reset_parameters of RNNBase",
    use =
        "To start as a PyTorch model does: all weights and biases of a recurrent layer. State units.")
public record TorchRnn(long units) implements Scheme {
  public TorchRnn {
    Require.notNegative(units, "units");
  }

  @Override
  public Draw draw(Fans fans) {
    if (units == 0) {
      throw new IllegalArgumentException(
          "units is not stated (expected the size of the hidden state)");
    }
    return new Draw.Interval(0, 1 / Math.sqrt((double) units));
  }
}
