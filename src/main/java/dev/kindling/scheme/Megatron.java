package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/**
 * Megatron-LM's weights.
 *
 * @param std standard deviation
 * @param layers number of Transformer layers for output-type matrices, 0 for all others
 * @param branches residual branches per layer
 */
@About(
    formula = "N(0, std^2); with layers stated N(0, std^2 / (branches layers))",
    source =
        "Shoeybi et al. 2019, Megatron-LM, https://arxiv.org/abs/1909.08053; branches "
            + "is 1 for hybrid models",
    use =
        "All weights of a model trained with Megatron-LM; with layers for output-type "
            + "matrices.")
public record Megatron(double std, int layers, double branches) implements Scheme {
  public Megatron {
    Require.positive(std, "std");
    Require.notNegative(layers, "layers");
    Require.positive(branches, "branches");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.Gaussian(0, layers == 0 ? std : std / Math.sqrt(branches * layers));
  }
}
