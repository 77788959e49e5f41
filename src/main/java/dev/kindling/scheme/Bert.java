package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/** BERT's weights as released: truncated without correction. */
@About(
    formula = "N(0, std^2) cut at two standard deviations: standard deviation 0.8796 std",
    source =
        "google-research/bert, truncated_normal_initializer; Devlin, Chang, Lee, "
            + "Toutanova 2018, https://arxiv.org/abs/1810.04805",
    use =
        "All matrices and embeddings of a BERT or ViT. Ports draw plain normals, or cut "
            + "at an absolute 2: normal {std: 0.02}.")
public record Bert(double std) implements Scheme {
  public Bert {
    Require.positive(std, "std");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.Truncated(0, std, -Distribution.CUT, Distribution.CUT);
  }
}
