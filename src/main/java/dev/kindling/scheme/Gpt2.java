package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/**
 * GPT-2's weights.
 *
 * @param std standard deviation
 * @param layers number of Transformer layers for weights that write to the residual stream, 0 for
 *     all others
 */
@About(
    formula = "N(0, std^2); with layers stated N(0, std^2 / (2 layers))",
    source =
        "Radford, Wu, Child, Luan, Amodei, Sutskever 2019, Language models are "
            + "unsupervised multitask learners, section 2.3; two residual branches per layer",
    use =
        "All weights and embeddings of a GPT; with layers for the last weight of each "
            + "residual branch (attention output, second MLP). Drawn anew, so never scaled "
            + "twice.")
public record Gpt2(double std, int layers) implements Scheme {
  public Gpt2 {
    Require.positive(std, "std");
    Require.notNegative(layers, "layers");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.Gaussian(0, layers == 0 ? std : std / Math.sqrt(2.0 * layers));
  }
}
