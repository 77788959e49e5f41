package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/** Glorot's variance, normal. */
@About(
    formula = "N(0, v) with v = 2 gain^2 / (fan-in + fan-out)",
    source =
        "Glorot, Bengio 2010, Understanding the difficulty of training deep feedforward "
            + "neural networks, https://proceedings.mlr.press/v9/glorot10a.html (there "
            + "uniform)",
    use =
        "Dense and conv layers before tanh (gain 1, or 5/3 when deep and without "
            + "normalisation), before sigmoid (gain 4), and linear layers.",
    aliases = {"xavier_normal"})
public record GlorotNormal(double gain) implements Scheme {
  public GlorotNormal {
    Require.positive(gain, "gain");
  }

  @Override
  public Draw draw(Fans fans) {
    return Distribution.NORMAL.draw(gain, 1 / FanMode.FAN_AVG.of(fans));
  }

  @Override
  public boolean needsFans() {
    return true;
  }
}
