package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/** The orthogonal polar factor of normal draws times {@code gain}; Haar-distributed too. */
@About(
    formula =
        "gain (X X^T)^(-1/2) X, or gain X (X^T X)^(-1/2) with more rows than columns; X of N(0, 1), "
            + "axes behind the first flattened, per group",
    source =
        "Higham 2008, Functions of Matrices, chapter 8, for the polar factor and Newton-Schulz; the "
            + "orthogonal matrix next to X",
    use =
        "Instead of orthogonal where that formula is asked for; it takes many times the work and "
            + "a matrix is computed as a whole: at most 2^24 elements and 2048 on the smaller side.")
public record Polar(double gain) implements Scheme {
  public Polar {
    Require.finite(gain, "gain");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.PolarFactor(gain);
  }

  @Override
  public int minRank() {
    return 2;
  }
}
