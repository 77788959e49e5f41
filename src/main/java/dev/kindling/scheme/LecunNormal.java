package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/** LeCun's variance, normal. */
@About(
    formula = "N(0, v) with v = gain^2 / fan-in",
    source =
        "LeCun, Bottou, Orr, Mueller 1998, Efficient BackProp, section 4.6, "
            + "https://doi.org/10.1007/3-540-49430-8_2",
    use =
        "Dense and conv layers before SELU (gain 1), before GELU, SiLU and mish with "
            + "the gain of that name, and linear layers.")
public record LecunNormal(double gain) implements Scheme {
  public LecunNormal {
    Require.positive(gain, "gain");
  }

  @Override
  public Draw draw(Fans fans) {
    return Distribution.NORMAL.draw(gain, 1 / FanMode.FAN_IN.of(fans));
  }

  @Override
  public boolean needsFans() {
    return true;
  }
}
