package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/**
 * {@code U(-a, a)} with {@code a = gain sqrt(6 / (fan-in + fan-out))}. Source: Glorot, Bengio 2010,
 * Understanding the difficulty of training deep feedforward neural networks, equation 16, <a
 * href="https://proceedings.mlr.press/v9/glorot10a.html">AISTATS</a>.
 */
public record GlorotUniform(double gain) implements Scheme {
  public GlorotUniform {
    Require.positive(gain, "gain");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.Interval(0, gain * VarianceScaling.bound(2, fans.in() + fans.out()));
  }

  @Override
  public boolean needsFans() {
    return true;
  }
}
