package dev.kindling.scheme;

import dev.kindling.model.Fans;

/** A convolution that starts by copying its input channels, per group. */
@About(
    formula =
        "W[d, d, k / 2, ...] = 1 for d < min(out / groups, in / groups) in each group, " + "else 0",
    source =
        "torch.nn.init.dirac_; delta-orthogonal kernels have their centre at (k - 1) / "
            + "2 instead, which differs for even k",
    use = "Convolutions of odd kernels that start as identity.")
public record Dirac() implements Scheme {
  @Override
  public Draw draw(Fans fans) {
    return new Draw.Delta(1);
  }

  @Override
  public int minRank() {
    return 3;
  }

  @Override
  public int maxRank() {
    return 5;
  }
}
