package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/** Glorot's variance, truncated normal. */
@About(
    formula =
        "N(0, v / 0.8796^2) cut at two standard deviations, which has variance v with v "
            + "= 2 gain^2 / (fan-in + fan-out)",
    source =
        "Glorot, Bengio 2010, Understanding the difficulty of training deep feedforward "
            + "neural networks, https://proceedings.mlr.press/v9/glorot10a.html; truncated as "
            + "in Keras and JAX",
    use =
        "Dense and conv layers before tanh (gain 1, or 5/3 when deep and without "
            + "normalisation), before sigmoid (gain 4), and linear layers.",
    aliases = {"xavier_truncated_normal"})
public record GlorotTruncatedNormal(double gain) implements Scheme {
  public GlorotTruncatedNormal {
    Require.positive(gain, "gain");
  }

  @Override
  public Draw draw(Fans fans) {
    return Distribution.TRUNCATED.draw(gain, 1 / FanMode.FAN_AVG.of(fans));
  }

  @Override
  public boolean needsFans() {
    return true;
  }
}
