package dev.kindling.model;

import java.io.Serializable;
import java.util.Locale;

/**
 * The activation that directly follows a layer, as far as a recommendation depends on it.
 *
 * @param kind which one
 * @param slope negative slope of a leaky ReLU, otherwise 0
 */
public record Activation(Kind kind, double slope) implements Serializable {
  /** Nothing, or something that is not an activation. */
  public static final Activation NONE = of(Kind.NONE);

  public static final Activation RELU = of(Kind.RELU);
  public static final Activation TANH = of(Kind.TANH);

  /** An activation for which there is no recommendation. */
  public static final Activation OTHER = of(Kind.OTHER);

  /** The activations that are told apart. */
  public enum Kind {
    NONE,
    RELU,
    /** Leaky ReLU, and PReLU with its start of 0.25. */
    LEAKY_RELU,
    TANH,
    /** A sigmoid within the net, neither a gate nor the output. */
    SIGMOID,
    SELU,
    ELU,
    GELU,
    SILU,
    MISH,
    HARD_SWISH,
    OTHER
  }

  /** Returns an activation without a slope. */
  public static Activation of(Kind kind) {
    return new Activation(kind, 0);
  }

  /** Returns the leaky ReLU of a slope. */
  public static Activation leakyRelu(double slope) {
    return new Activation(Kind.LEAKY_RELU, slope);
  }

  /** Returns {@code gelu}, {@code leaky_relu(0.2)}. */
  public String label() {
    String word = kind.name().toLowerCase(Locale.ROOT);
    return kind == Kind.LEAKY_RELU ? word + "(" + slope + ")" : word;
  }
}
