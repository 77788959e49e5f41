package dev.kindling.scheme;

import dev.kindling.model.Fans;

/**
 * {@code U(-a, a)} with {@code a = sqrt(3 / fan-in)}: the variance of {@link LecunNormal}. Source:
 * LeCun, Bottou, Orr, Mueller 1998, Efficient BackProp, section 4.6, <a
 * href="https://doi.org/10.1007/3-540-49430-8_2">doi:10.1007/3-540-49430-8_2</a>.
 */
public record LecunUniform() implements Scheme {
  @Override
  public Draw draw(Fans fans) {
    return new Draw.Interval(0, VarianceScaling.bound(1, fans.in()));
  }

  @Override
  public boolean needsFans() {
    return true;
  }
}
