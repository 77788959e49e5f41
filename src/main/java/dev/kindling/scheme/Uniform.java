package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/**
 * Independent uniforms on {@code (low, high)}. Rounding to the stored type may reach an end: {@code
 * 1 - 2^-25} is 1 in float32.
 */
@About(
    formula = "U(low, high), of standard deviation (high - low) / sqrt(12)",
    source =
        "keras.initializers.RandomUniform, whose bound of 0.05 is our default; torch: "
            + "(0, 1), jax: (0, 0.01)",
    use = "Where a bound is given. Its standard deviation is 0.577 times the bound.",
    aliases = {"random_uniform"})
public record Uniform(double low, double high) implements Scheme {
  public Uniform {
    Require.finite(low, "low");
    Require.finite(high, "high");
    if (!(low <= high)) {
      throw new IllegalArgumentException("low is greater than high: " + low + " > " + high);
    }
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.Interval((low + high) / 2, (high - low) / 2);
  }
}
