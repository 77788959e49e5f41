package dev.kindling.scheme;

import dev.kindling.model.Fans;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Whose reading of a scheme's name counts. It decides when a configuration is read and planned;
 * recipes hold what came out and do not know of it.
 */
public enum Convention {
  /** Plain normals and true fans. */
  PAPER(Map.of(), Map.of(), List.of()),
  /** Fans from a tensor's first two axes, whatever they mean. */
  TORCH(
      Map.of(),
      Map.of(),
      List.of(
          new Normal(0, 1),
          new Uniform(0, 1),
          new TruncatedNormal(
              0, 1, -2, 2, TruncatedNormal.Bounds.ABSOLUTE, TruncatedNormal.StdOf.UNTRUNCATED),
          new Embedding(1, -1))),
  /** Truncated normals, and fans from the last two axes of Keras's own layouts. */
  KERAS(
      Words.TRUNCATED_NAMES,
      Map.of("normal", "truncated"),
      List.of(
          new Normal(0, 0.05),
          new Uniform(-0.05, 0.05),
          new TruncatedNormal(
              0,
              0.05,
              -2,
              2,
              TruncatedNormal.Bounds.DEVIATIONS,
              TruncatedNormal.StdOf.UNTRUNCATED))),
  /** Truncated normals, and fans from the last two axes of Flax's layouts. */
  JAX(
      Words.TRUNCATED_NAMES,
      Map.of(),
      List.of(
          new Normal(0, 0.01),
          new Uniform(0, 0.01),
          new TruncatedNormal(
              0,
              0.01,
              -2,
              2,
              TruncatedNormal.Bounds.DEVIATIONS,
              TruncatedNormal.StdOf.UNTRUNCATED)));

  private final Map<String, String> names;
  private final Map<String, String> distributions;
  private final List<Scheme> defaults;

  Convention(Map<String, String> names, Map<String, String> distributions, List<Scheme> defaults) {
    this.names = names;
    this.distributions = distributions;
    this.defaults = defaults;
  }

  /**
   * Returns the fans that this convention computes for a tensor of rank 2 or more.
   *
   * @throws IllegalArgumentException if the rank is lower
   */
  public Fans fans(Tensor tensor) {
    Fans fans = Fans.of(tensor);
    Shape shape = tensor.role().matrix(tensor.shape());
    boolean plain = tensor.role() != Role.EMBEDDING && shape.rank() == 2;
    return plain
        ? fans
        : switch (this) {
          case PAPER -> fans;
          case TORCH -> torch(shape);
          case KERAS -> keras(tensor);
          case JAX -> jax(tensor);
        };
  }

  /**
   * Returns whether matrices that are stored as one tensor are drawn one by one. PyTorch draws the
   * tensor, Keras too where it is a recurrent layer's.
   */
  public boolean isPerPart(Role role) {
    return switch (this) {
      case PAPER, JAX -> true;
      case TORCH -> false;
      case KERAS -> !role.isRecurrent();
    };
  }

  /** Returns the name used in configuration. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the convention with this label, or nothing. */
  public static Optional<Convention> ofLabel(String label) {
    return Arrays.stream(values()).filter(known -> known.label().equals(label)).findFirst();
  }

  /** Returns the name that a scheme has in recipes, given its canonical name here. */
  String scheme(String name) {
    return names.getOrDefault(name, name);
  }

  /** Returns the word for a distribution that {@link Distribution} knows. */
  String distribution(String word) {
    return distributions.getOrDefault(word, Words.DISTRIBUTIONS.getOrDefault(word, word));
  }

  /** Returns the scheme with this convention's defaults, if they are its own. */
  Optional<Scheme> defaults(String name) {
    return defaults.stream().filter(scheme -> Schemes.name(scheme).equals(name)).findFirst();
  }

  /** Axis 1 is taken for the inputs and axis 0 for the outputs of a tensor {@code [o, i, k...]}. */
  private static Fans torch(Shape shape) {
    double taps = shape.elementsFrom(2);
    return new Fans(shape.dim(1) * taps, shape.dim(0) * taps);
  }

  /** Kernels are {@code [k..., in, out]}, depthwise {@code [k..., in, multiplier]}. */
  private static Fans keras(Tensor tensor) {
    Shape shape = tensor.shape();
    double taps = shape.elementsFrom(2);
    if (tensor.role() == Role.DEPTHWISE) {
      return new Fans(tensor.groups() * taps, (double) shape.dim(0) / tensor.groups() * taps);
    }
    return tensor.role() == Role.EMBEDDING ? new Fans(shape.dim(0), shape.dim(1)) : torch(shape);
  }

  /**
   * Kernels are {@code [k..., in / groups, out]}, also of transposed convolutions; an embedding is
   * drawn by {@code fan_in} with its first axis for the outputs.
   */
  private static Fans jax(Tensor tensor) {
    Shape shape = tensor.shape();
    double taps = shape.elementsFrom(2);
    if (tensor.role() == Role.EMBEDDING) {
      return new Fans(shape.dim(1), shape.dim(1));
    }
    return tensor.role() == Role.TRANSPOSED_CONV
        ? new Fans(shape.dim(0) * taps, shape.dim(1) * taps)
        : torch(shape);
  }

  /** Words that an enum's constants cannot hold themselves. */
  private static final class Words {
    private static final Map<String, String> TRUNCATED_NAMES =
        Map.of(
            "glorot_normal", "glorot_truncated_normal",
            "he_normal", "he_truncated_normal",
            "lecun_normal", "lecun_truncated_normal");

    private static final Map<String, String> DISTRIBUTIONS =
        Map.of("truncated_normal", "truncated", "untruncated_normal", "normal");
  }
}
