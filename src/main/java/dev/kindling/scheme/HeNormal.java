package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/**
 * {@code N(0, 2 / ((1 + slope^2) fan))}, where {@code slope} is the negative slope of the leaky
 * ReLU that follows, 0 for ReLU. Source: He, Zhang, Ren, Sun 2015, Delving deep into rectifiers,
 * equations 10 and 15, <a href="https://arxiv.org/abs/1502.01852">arXiv:1502.01852</a>.
 */
public record HeNormal(FanMode mode, double slope) implements Scheme {
  public HeNormal {
    Require.finite(slope, "slope");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.Gaussian(0, VarianceScaling.std(2 / (1 + slope * slope), mode.of(fans)));
  }

  @Override
  public boolean needsFans() {
    return true;
  }
}
