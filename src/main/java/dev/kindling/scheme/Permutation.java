package dev.kindling.scheme;

import dev.kindling.model.Fans;

/** A random permutation, each as likely as any other. */
@About(
    formula =
        "[n]: a random order of the numbers 0 to n - 1; [n, n]: its matrix, 1 where the column is "
            + "the number of the row, else 0",
    source =
        "Black, Rogaway 2002, Ciphers with arbitrary finite domains, CT-RSA, "
            + "https://doi.org/10.1007/3-540-45760-7_9, method 3, for the draw",
    use =
        "The fixed permutation of a uRNN; reservoirs of echo state networks. At most 2^24 numbers, "
            + "which float32 holds exactly.")
public record Permutation() implements Scheme {
  @Override
  public Draw draw(Fans fans) {
    return new Draw.Order();
  }

  @Override
  public int minRank() {
    return 1;
  }

  @Override
  public int maxRank() {
    return 2;
  }
}
