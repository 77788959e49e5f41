package dev.kindling.scheme;

import dev.kindling.model.Fans;

/** Every element is 0: biases, norm shifts, the last layer of a residual branch. */
public record Zeros() implements Scheme {
  @Override
  public Draw draw(Fans fans) {
    return new Draw.Fill(0);
  }
}
