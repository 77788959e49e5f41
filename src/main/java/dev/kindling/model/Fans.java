package dev.kindling.model;

import dev.kindling.base.Require;
import java.io.Serializable;

/**
 * How many inputs feed one output of a weight, and how many outputs one input feeds. Fractions
 * occur for transposed convolutions, whose outputs see kernel / stride taps on average.
 *
 * <p>True fans per layer, not those of any framework: groups divide both sides, and a transposed
 * convolution's fan-in is divided by its strides.
 *
 * @param in fan-in
 * @param out fan-out
 */
public record Fans(double in, double out) implements Serializable {
  /** What tensors that have no fans have. */
  public static final Fans NONE = new Fans(0, 0);

  public Fans {
    Require.notNegative(in, "fan-in");
    Require.notNegative(out, "fan-out");
  }

  /**
   * Returns the fans of a weight tensor, from its whole shape.
   *
   * @throws IllegalArgumentException if the tensor's role or rank has no fans
   */
  public static Fans of(Tensor tensor) {
    Shape shape = tensor.role().matrix(tensor.shape());
    if (shape.rank() < 2) {
      throw new IllegalArgumentException(
          "tensor '%s' of shape %s has no fans (expected rank 2 or more)"
              .formatted(tensor.name(), shape));
    }
    if (tensor.role() == Role.EMBEDDING) {
      return new Fans(1, shape.dim(1));
    }
    double taps = shape.elementsFrom(2);
    double first = (double) shape.dim(0) / tensor.groups() * taps;
    double second = shape.dim(1) * taps;
    return switch (tensor.layout()) {
      case OUT_IN -> new Fans(second, first);
      case IN_OUT -> new Fans(first / tensor.strides(), second);
    };
  }
}
