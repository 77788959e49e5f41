package dev.kindling.model;

import dev.kindling.base.Require;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A named tensor of a model.
 *
 * @param name unique within the model
 * @param shape extents
 * @param type element type in the model's file
 * @param role what it is for
 * @param layout where a weight keeps its outputs; without meaning for the other roles
 * @param groups number of groups of a convolution, otherwise 1
 * @param strides product of the strides of a transposed convolution, otherwise 1
 * @param activation what follows the layer
 * @param aliases other names for the same tensor
 * @param values where the model's own values are, if it has any
 * @param fused the matrices that it stores next to each other along its outputs, of one direction
 *     if it holds several; empty for a single matrix
 */
public record Tensor(
    String name,
    Shape shape,
    ElementType type,
    Role role,
    Layout layout,
    int groups,
    long strides,
    Activation activation,
    List<String> aliases,
    Optional<ExternalValues> values,
    List<FusedPart> fused) {
  public Tensor {
    Require.notBlank(name, "tensor name");
    Objects.requireNonNull(shape, "shape is null");
    Require.positive(groups, "groups");
    Require.positive(strides, "strides");
    aliases = List.copyOf(aliases);
    fused = List.copyOf(fused);
  }

  /** Returns a tensor that is a single matrix. */
  public Tensor(
      String name,
      Shape shape,
      ElementType type,
      Role role,
      Layout layout,
      int groups,
      long strides,
      Activation activation,
      List<String> aliases,
      Optional<ExternalValues> values) {
    this(name, shape, type, role, layout, groups, strides, activation, aliases, values, List.of());
  }

  /** Returns this tensor with other values of the model's. */
  public Tensor withValues(Optional<ExternalValues> other) {
    return new Tensor(
        name, shape, type, role, layout, groups, strides, activation, aliases, other, fused);
  }

  /** Returns this tensor with another shape. */
  public Tensor withShape(Shape other) {
    return new Tensor(
        name, other, type, role, layout, groups, strides, activation, aliases, values, fused);
  }

  /** Returns this tensor as one that stores several matrices. */
  public Tensor withFused(List<FusedPart> parts) {
    return new Tensor(
        name, shape, type, role, layout, groups, strides, activation, aliases, values, parts);
  }

  /** Returns a float32 tensor without groups, strides, activation, aliases or values. */
  public static Tensor of(String name, Shape shape, Role role, Layout layout) {
    return new Tensor(
        name,
        shape,
        ElementType.F32,
        role,
        layout,
        1,
        1,
        Activation.NONE,
        List.of(),
        Optional.empty());
  }
}
