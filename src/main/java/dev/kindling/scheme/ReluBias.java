package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/** A small positive bias. */
@About(
    formula = "value",
    source =
        "Goodfellow, Bengio, Courville 2016, Deep learning, section 8.4 (0.1); 0.01 is "
            + "also in use",
    use =
        "Biases before ReLU, so that most units start active. Reduces dead units, does "
            + "not exclude them.")
public record ReluBias(double value) implements Scheme {
  public ReluBias {
    Require.finite(value, "value");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.Fill(value);
  }
}
