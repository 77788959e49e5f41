package dev.kindling.scheme;

import dev.kindling.model.Fans;

/**
 * {@code N(0, 1 / fan-in)}. Source: LeCun, Bottou, Orr, Mueller 1998, Efficient BackProp, section
 * 4.6, equation 16, <a
 * href="https://doi.org/10.1007/3-540-49430-8_2">doi:10.1007/3-540-49430-8_2</a>.
 */
public record LecunNormal() implements Scheme {
  @Override
  public Draw draw(Fans fans) {
    return new Draw.Gaussian(0, VarianceScaling.std(1, fans.in()));
  }

  @Override
  public boolean needsFans() {
    return true;
  }
}
