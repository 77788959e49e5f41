package dev.kindling.scheme;

import dev.kindling.model.Fans;

/** Every element is 0. */
@About(
    formula = "0",
    source = "all",
    use =
        "Biases, norm shifts, the last layer of a residual branch. Two weight layers of "
            + "zeros in a row get no gradient.")
public record Zeros() implements Scheme {
  @Override
  public Draw draw(Fans fans) {
    return new Draw.Fill(0);
  }
}
