package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/** The general form of Glorot, He and LeCun. */
@About(
    formula =
        "variance scale / fan; truncated: cut at two standard deviations and widened by "
            + "1 / 0.8796; uniform: bound sqrt(3 scale / fan)",
    source =
        "keras.initializers.VarianceScaling, jax.nn.initializers.variance_scaling; "
            + "'normal' is truncated in Keras and plain elsewhere",
    use = "When none of the named ones fits.")
public record VarianceScaling(double scale, FanMode mode, Distribution distribution)
    implements Scheme {
  public VarianceScaling {
    Require.positive(scale, "scale");
  }

  @Override
  public Draw draw(Fans fans) {
    return distribution.draw(1, scale / mode.of(fans));
  }

  @Override
  public boolean needsFans() {
    return true;
  }
}
