package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/** ZerO's matrix: no element is random, and none of the outputs starts like another. */
@About(
    formula =
        "gain I where outputs m <= inputs; otherwise gain 2^(-c/2) times the first m rows and n columns "
            + "of the Hadamard matrix of 2^c, c = ceil(log2 m); convolutions at the centre tap, k / 2",
    source =
        "Zhao, Schaefer, Anandkumar 2022, ZerO initialization, arXiv 2110.12661, algorithms 1 and 2",
    use =
        "Networks that start without any chance; the preset zero_hadamard also empties the ends of branches.",
    aliases = {"zer_o"})
public record Hadamard(double gain) implements Scheme {
  public Hadamard {
    Require.finite(gain, "gain");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.Hadamard(gain);
  }

  @Override
  public int minRank() {
    return 2;
  }
}
