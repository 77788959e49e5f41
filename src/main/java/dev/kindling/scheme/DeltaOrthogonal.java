package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/** A convolution that keeps the norm of its input times {@code gain}. */
@About(
    formula =
        "W[.., (k - 1) / 2, ...] = gain Q, Q uniformly distributed (Haar) with orthonormal columns "
            + "[out / groups, in / groups] per group, else 0",
    source =
        "Xiao, Bahri, Sohl-Dickstein, Schoenholz, Pennington 2018, Dynamical isometry and a mean "
            + "field theory of CNNs, https://arxiv.org/abs/1806.05393, algorithm 1; the centre as "
            + "in jax.nn.initializers.delta_orthogonal, for even k the tap before the middle",
    use =
        "Convolutions of stride 1 with at least as many outputs as inputs: deep ones without "
            + "normalisation or shortcuts. Gain sqrt(2) before ReLU.")
public record DeltaOrthogonal(double gain) implements Scheme {
  public DeltaOrthogonal {
    Require.finite(gain, "gain");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.Centred(gain);
  }

  @Override
  public int minRank() {
    return 3;
  }
}
