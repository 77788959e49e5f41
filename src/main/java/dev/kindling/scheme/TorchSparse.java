package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/** PyTorch's sparse matrix, which limits what leaves an input. */
@About(
    formula =
        "of every input's outgoing weights ceil(sparsity * outputs), at random, are 0, "
            + "the others N(0, std^2)",
    source = "torch.nn.init.sparse_; named after Martens 2010, whose rule is sparse",
    use = "To start as a PyTorch model does.")
public record TorchSparse(double sparsity, double std) implements Scheme {
  public TorchSparse {
    Require.share(sparsity, "sparsity");
    Require.notNegative(std, "std");
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.Sparse(Draw.Sparse.Side.OUTGOING, Long.MAX_VALUE, sparsity, std);
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
