package dev.kindling.scheme;

import dev.kindling.model.Fans;

/** The biases of PyTorch's Linear and Conv, by the fan-in of the weight beside them. */
@About(
    formula = "U(-a, a) with a = 1 / sqrt(fan-in of the layer's weight), 0 if that is 0",
    source = "PyTorch, reset_parameters of Linear and Conv",
    use = "With torch_default, to start as a PyTorch model does.")
public record TorchBias() implements Scheme {
  @Override
  public Draw draw(Fans fans) {
    return new Draw.Interval(0, fans.in() > 0 ? 1 / Math.sqrt(fans.in()) : 0);
  }

  @Override
  public boolean needsFans() {
    return true;
  }

  @Override
  public int minRank() {
    return 1;
  }

  @Override
  public int maxRank() {
    return 1;
  }

  @Override
  public Convention fanRule(Convention stated) {
    return Convention.TORCH;
  }
}
