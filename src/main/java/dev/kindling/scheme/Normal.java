package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/** Independent normals {@code N(mean, std^2)}; {@code std} is a standard deviation. */
public record Normal(double mean, double std) implements Scheme {
  public Normal {
    Require.finite(mean, "mean");
    Require.notNegative(std, "std");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.Gaussian(mean, std);
  }
}
