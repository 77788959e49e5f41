package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/**
 * SD of small-init; the width is that of the residual stream.
 *
 * @param width width d of the residual stream, 0 for the tensor's fan-in
 */
@About(
    formula = "N(0, 2 / (5 d)) with d = width, by default the fan-in",
    source =
        "Nguyen, Salazar 2019, Transformers without tears, " + "https://arxiv.org/abs/1910.05895",
    use =
        "All weights of a Transformer but the last of each residual branch, which get "
            + "wang_init. Equals Glorot of a d x 4 d matrix.")
public record SmallInit(long width) implements Scheme {
  public SmallInit {
    Require.notNegative(width, "width");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.Gaussian(0, Math.sqrt(2 / (5 * TransformerWidth.of(width, fans.in(), fans))));
  }

  @Override
  public boolean needsFans() {
    return true;
  }
}
