package dev.kindling.scheme;

import dev.kindling.model.Fans;

/** Every element is 1. */
@About(formula = "1", source = "all", use = "Norm scales.")
public record Ones() implements Scheme {
  @Override
  public Draw draw(Fans fans) {
    return new Draw.Fill(1);
  }
}
