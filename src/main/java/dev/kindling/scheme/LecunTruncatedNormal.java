package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/** LeCun's variance, truncated normal. */
@About(
    formula =
        "N(0, v / 0.8796^2) cut at two standard deviations, which has variance v with v "
            + "= gain^2 / fan-in",
    source =
        "LeCun, Bottou, Orr, Mueller 1998, Efficient BackProp, section 4.6, "
            + "https://doi.org/10.1007/3-540-49430-8_2; truncated as in Keras and JAX",
    use =
        "Dense and conv layers before SELU (gain 1), before GELU, SiLU and mish with "
            + "the gain of that name, and linear layers.")
public record LecunTruncatedNormal(double gain) implements Scheme {
  public LecunTruncatedNormal {
    Require.positive(gain, "gain");
  }

  @Override
  public Draw draw(Fans fans) {
    return Distribution.TRUNCATED.draw(gain, 1 / FanMode.FAN_IN.of(fans));
  }

  @Override
  public boolean needsFans() {
    return true;
  }
}
