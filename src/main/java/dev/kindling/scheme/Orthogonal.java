package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/**
 * A (semi-)orthogonal matrix, uniformly distributed (Haar), times {@code gain}; axes behind the
 * first are flattened, groups are separate matrices. Source: Saxe, McClelland, Ganguli 2013, Exact
 * solutions to the nonlinear dynamics of learning in deep linear neural networks, <a
 * href="https://arxiv.org/abs/1312.6120">arXiv:1312.6120</a>.
 */
public record Orthogonal(double gain) implements Scheme {
  public Orthogonal {
    Require.finite(gain, "gain");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.Haar(gain);
  }

  @Override
  public boolean needsMatrix() {
    return true;
  }
}
