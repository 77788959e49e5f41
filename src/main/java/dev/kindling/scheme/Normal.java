package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/** Independent normals; {@code std} is a standard deviation. */
@About(
    formula = "N(mean, std^2)",
    source = "BERT and GPT-2 for the default of 0.02; torch: 1, keras: 0.05, jax: 0.01",
    use =
        "Output layers, embeddings and learned additive tensors, where a standard "
            + "deviation is given.",
    aliases = {"random_normal"})
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
