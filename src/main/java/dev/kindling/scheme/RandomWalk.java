package dev.kindling.scheme;

import dev.kindling.model.Fans;

/** Keeps the logarithm of the gradient's norm on its level through depth. */
@About(
    formula =
        "N(0, g^2 / fan-in) with g = exp(1 / (2 n)) linear, sqrt(2) exp(1.2 / (max(n, "
            + "6) - 2.4)) before ReLU, n = fan-in",
    source =
        "Sussillo, Abbott 2014, Random walk initialization for training very deep "
            + "feedforward networks, https://arxiv.org/abs/1412.6558; tf.contrib's code",
    use = "Very deep nets of equal widths, 10 units or more.")
public record RandomWalk(Kind activation) implements Scheme {
  @Override
  public Draw draw(Fans fans) {
    double n = FanMode.FAN_IN.of(fans);
    return new Draw.Gaussian(0, activation.gain(n) / Math.sqrt(n));
  }

  @Override
  public boolean needsFans() {
    return true;
  }

  @Override
  public int maxRank() {
    return 2;
  }

  /** What follows the layer. */
  public enum Kind {
    LINEAR,
    RELU;

    private static final double LEAST_WIDTH = 6;

    private double gain(double n) {
      return switch (this) {
        case LINEAR -> StrictMath.exp(1 / (2 * n));
        case RELU -> Math.sqrt(2) * StrictMath.exp(1.2 / (Math.max(n, LEAST_WIDTH) - 2.4));
      };
    }
  }
}
