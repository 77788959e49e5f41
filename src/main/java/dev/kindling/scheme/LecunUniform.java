package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/** LeCun's variance, uniform. */
@About(
    formula = "U(-sqrt(3 v), sqrt(3 v)) with v = gain^2 / fan-in",
    source =
        "LeCun, Bottou, Orr, Mueller 1998, Efficient BackProp, section 4.6, "
            + "https://doi.org/10.1007/3-540-49430-8_2",
    use =
        "Dense and conv layers before SELU (gain 1), before GELU, SiLU and mish with "
            + "the gain of that name, and linear layers.")
public record LecunUniform(double gain) implements Scheme {
  public LecunUniform {
    Require.positive(gain, "gain");
  }

  @Override
  public Draw draw(Fans fans) {
    return Distribution.UNIFORM.draw(gain, 1 / FanMode.FAN_IN.of(fans));
  }

  @Override
  public boolean needsFans() {
    return true;
  }
}
