package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/** Every element is {@code value}. */
@About(
    formula = "value",
    source = "all",
    use = "Biases and gates. Units of a weight layer that start equal stay equal.")
public record Constant(double value) implements Scheme {
  public Constant {
    Require.finite(value, "value");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.Fill(value);
  }
}
