package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/**
 * {@code U(-a, a)} with {@code a = sqrt(6 / ((1 + slope^2) fan))}: the variance of {@link
 * HeNormal}. Source: He, Zhang, Ren, Sun 2015, Delving deep into rectifiers, <a
 * href="https://arxiv.org/abs/1502.01852">arXiv:1502.01852</a>; uniform instead of the paper's
 * normal.
 */
public record HeUniform(FanMode mode, double slope) implements Scheme {
  public HeUniform {
    Require.finite(slope, "slope");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.Interval(0, VarianceScaling.bound(2 / (1 + slope * slope), mode.of(fans)));
  }

  @Override
  public boolean needsFans() {
    return true;
  }
}
