package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/** Ones on the main diagonal of a matrix, square or not, times {@code gain}. */
@About(
    formula = "gain I, ones on the main diagonal where rows and columns differ in number",
    source = "torch.nn.init.eye_, keras.initializers.Identity",
    use = "Dense layers that start by copying their first inputs.",
    aliases = {"eye"})
public record Identity(double gain) implements Scheme {
  public Identity {
    Require.finite(gain, "gain");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.Delta(gain);
  }

  @Override
  public int minRank() {
    return 2;
  }

  @Override
  public int maxRank() {
    return 2;
  }
}
