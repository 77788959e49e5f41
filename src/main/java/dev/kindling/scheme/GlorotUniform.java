package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/** Glorot's variance, uniform. */
@About(
    formula = "U(-sqrt(3 v), sqrt(3 v)) with v = 2 gain^2 / (fan-in + fan-out)",
    source =
        "Glorot, Bengio 2010, Understanding the difficulty of training deep feedforward "
            + "neural networks, https://proceedings.mlr.press/v9/glorot10a.html, equation 16",
    use =
        "Dense and conv layers before tanh (gain 1, or 5/3 when deep and without "
            + "normalisation), before sigmoid (gain 4), and linear layers.",
    aliases = {"xavier_uniform"})
public record GlorotUniform(double gain) implements Scheme {
  public GlorotUniform {
    Require.positive(gain, "gain");
  }

  @Override
  public Draw draw(Fans fans) {
    return Distribution.UNIFORM.draw(gain, 1 / FanMode.FAN_AVG.of(fans));
  }

  @Override
  public boolean needsFans() {
    return true;
  }
}
