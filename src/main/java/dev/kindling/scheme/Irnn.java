package dev.kindling.scheme;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;

/** The recurrent matrix of an IRNN, square. */
@About(
    formula = "gain I",
    source =
        "Le, Jaitly, Hinton 2015, A simple way to initialize recurrent networks of "
            + "rectified linear units, https://arxiv.org/abs/1504.00941",
    use =
        "Hidden weights of an RNN with ReLU; its input weights are normal {std: 0.001}, "
            + "its biases zeros. Gain 0.01 for short memory.")
public record Irnn(double gain) implements Scheme {
  public Irnn {
    Require.finite(gain, "gain");
  }

  @Override
  public Draw draw(Fans fans) {
    if (fans.in() != fans.out()) {
      throw new IllegalArgumentException(
          "irnn needs a square matrix, the fans are %s and %s".formatted(fans.in(), fans.out()));
    }
    return new Draw.Delta(gain);
  }

  @Override
  public boolean needsFans() {
    return true;
  }

  @Override
  public int maxRank() {
    return 2;
  }
}
