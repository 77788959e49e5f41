package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/** A few links per output. */
@About(
    formula =
        "every output has min(links, inputs) incoming weights N(0, std^2) at distinct "
            + "random inputs, the others are 0",
    source = "Martens 2010, Deep learning via Hessian-free optimization, section 5",
    use = "Very deep and recurrent nets with saturating units; biases 0, for tanh 0.5.")
public record Sparse(long links, double std) implements Scheme {
  public Sparse {
    Require.positive(links, "links");
    Require.notNegative(std, "std");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.Sparse(Draw.Sparse.Side.INCOMING, links, 0, std);
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
