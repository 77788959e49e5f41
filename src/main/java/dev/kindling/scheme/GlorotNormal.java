package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/**
 * {@code N(0, 2 gain^2 / (fan-in + fan-out))}. Source: Glorot, Bengio 2010, Understanding the
 * difficulty of training deep feedforward neural networks, equation 12, <a
 * href="https://proceedings.mlr.press/v9/glorot10a.html">AISTATS</a>; normal instead of the paper's
 * uniform, with the same variance.
 */
public record GlorotNormal(double gain) implements Scheme {
  public GlorotNormal {
    Require.positive(gain, "gain");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.Gaussian(0, gain * VarianceScaling.std(2, fans.in() + fans.out()));
  }

  @Override
  public boolean needsFans() {
    return true;
  }
}
