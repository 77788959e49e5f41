package dev.kindling.scheme;

import dev.kindling.model.Fans;

/** The weights of PyTorch's Linear and Conv, by PyTorch's fans. */
@About(
    formula =
        "U(-a, a) with a = 1 / sqrt(fan-in), of variance 1 / (3 fan-in): "
            + "kaiming_uniform with slope sqrt(5)",
    source =
        "PyTorch, reset_parameters of Linear and Conv; fan-in of a transposed "
            + "convolution is out / groups * taps there",
    use =
        "To start as a PyTorch model does. A sixth of He's variance: before ReLU the "
            + "signal falls by 6 per layer.")
public record TorchDefault() implements Scheme {
  @Override
  public Draw draw(Fans fans) {
    return new Draw.Interval(0, 1 / Math.sqrt(FanMode.FAN_IN.of(fans)));
  }

  @Override
  public boolean needsFans() {
    return true;
  }

  @Override
  public Convention fanRule(Convention stated) {
    return Convention.TORCH;
  }
}
