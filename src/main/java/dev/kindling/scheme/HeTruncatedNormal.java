package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/**
 * He's variance, truncated normal.
 *
 * @param mode which fan
 * @param slope negative slope of the leaky ReLU that follows, 0 for ReLU
 */
@About(
    formula =
        "N(0, v / 0.8796^2) cut at two standard deviations, which has variance v with v "
            + "= 2 / ((1 + slope^2) fan)",
    source =
        "He, Zhang, Ren, Sun 2015, Delving deep into rectifiers, "
            + "https://arxiv.org/abs/1502.01852; truncated as in Keras and JAX",
    use =
        "Dense and conv layers before ReLU; before leaky ReLU and PReLU with their "
            + "slope. fan_out for the convolutions of ResNets.",
    aliases = {"kaiming_truncated_normal"})
public record HeTruncatedNormal(FanMode mode, double slope) implements Scheme {
  public HeTruncatedNormal {
    Require.finite(slope, "slope");
  }

  @Override
  public Draw draw(Fans fans) {
    return Distribution.TRUNCATED.draw(1, 2 / (1 + slope * slope) / mode.of(fans));
  }

  @Override
  public boolean needsFans() {
    return true;
  }
}
