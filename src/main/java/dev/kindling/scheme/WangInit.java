package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/**
 * Weights that write to the residual stream.
 *
 * @param layers number of Transformer layers; must be stated
 * @param width width d of the residual stream, 0 for the tensor's fan-out
 */
@About(
    formula = "N(0, s^2) with s = 2 / (layers sqrt(d)), d = width, by default the fan-out",
    source = "GPT-NeoX, wang_init",
    use =
        "The last weight of each residual branch of a Transformer, beside small_init. "
            + "State layers.",
    aliases = {"wang"})
public record WangInit(int layers, long width) implements Scheme {
  public WangInit {
    Require.notNegative(layers, "layers");
    Require.notNegative(width, "width");
  }

  @Override
  public Draw draw(Fans fans) {
    if (layers == 0) {
      throw new IllegalArgumentException(
          "layers is not stated (expected the number of Transformer layers)");
    }
    double d = TransformerWidth.of(width, fans.out(), fans);
    return new Draw.Gaussian(0, 2 / (layers * Math.sqrt(d)));
  }

  @Override
  public boolean needsFans() {
    return true;
  }
}
