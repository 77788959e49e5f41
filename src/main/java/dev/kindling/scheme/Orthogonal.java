package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/**
 * A (semi-)orthogonal matrix, uniformly distributed (Haar), times {@code gain}; axes behind the
 * first are flattened, groups are separate matrices.
 */
@About(
    formula =
        "gain Q, Q uniformly distributed (Haar) with orthonormal rows or columns, "
            + "whichever are fewer",
    source =
        "Saxe, McClelland, Ganguli 2013, Exact solutions to the nonlinear dynamics of "
            + "learning in deep linear neural networks, https://arxiv.org/abs/1312.6120; "
            + "Stewart 1980 for the draw",
    use = "Recurrent weights, deep linear nets, the start of LSUV. Gain sqrt(2) before " + "ReLU.",
    aliases = {"orthonormal"})
public record Orthogonal(double gain) implements Scheme {
  public Orthogonal {
    Require.finite(gain, "gain");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.Haar(gain);
  }

  @Override
  public int minRank() {
    return 2;
  }
}
