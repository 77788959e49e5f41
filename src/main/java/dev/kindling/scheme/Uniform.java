package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/**
 * Independent uniforms on {@code (low, high)}, whose standard deviation is {@code (high - low) /
 * sqrt(12)}. Rounding to the stored type may reach an end: 1 - 2^-25 is 1 in float32.
 */
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
