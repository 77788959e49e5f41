package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/**
 * Normal rows, one of them zero.
 *
 * @param std standard deviation
 * @param padding row of zeros, -1 for none
 */
@About(
    formula = "N(0, std^2), 0 in row padding",
    source = "torch.nn.Embedding (std 1, padding_idx); BERT and GPT-2 for the default std",
    use =
        "Token embeddings. For models that multiply embeddings by sqrt(d): std 1 / "
            + "sqrt(d), or variance_scaling {mode: fan_out, distribution: normal}.")
public record Embedding(double std, long padding) implements Scheme {
  public Embedding {
    Require.notNegative(std, "std");
    if (padding < -1) {
      throw new IllegalArgumentException("padding is less than -1: " + padding);
    }
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.Padded(std, padding);
  }

  @Override
  public int minRank() {
    return 1;
  }
}
