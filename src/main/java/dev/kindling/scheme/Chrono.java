package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/**
 * Biases of an LSTM or GRU for memories of up to {@code tMax} steps.
 *
 * @param order how the bias holds its gates, see lstm_bias and gru_bias
 * @param tMax longest dependency in steps, greater than 2; must be stated
 * @param vectors number of bias vectors on the last axis; all but the first are zero
 */
@About(
    formula =
        "b = log U(1, t_max - 1) at the forget gate (a GRU's update gate), -b of the "
            + "same unit at the input gate, 0 at the others",
    source =
        "Tallec, Ollivier 2018, Can recurrent neural networks warp time?, "
            + "https://arxiv.org/abs/1804.11188",
    use = "The bias of an LSTM or GRU whose longest dependency is known: state t_max.")
public record Chrono(GateOrder order, double tMax, int vectors) implements Scheme {
  public Chrono {
    if (tMax != 0 && !(tMax > 2 && tMax < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("t_max is not greater than 2 and finite: " + tMax);
    }
    Require.positive(vectors, "vectors");
  }

  @Override
  public Draw draw(Fans fans) {
    if (tMax == 0) {
      throw new IllegalArgumentException(
          "t_max is not stated (expected the longest dependency in steps)");
    }
    return new Draw.GateLags(order, tMax - 1, vectors);
  }

  @Override
  public int minRank() {
    return 1;
  }
}
