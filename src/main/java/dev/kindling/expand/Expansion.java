package dev.kindling.expand;

import dev.kindling.base.Require;
import dev.kindling.model.Shape;
import dev.kindling.model.SourceTensor;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * A large tensor as a function of a small one: {@code large[i, j, ...] = factor * small[m(i), n(j),
 * ...] * share(i) * share(j) * ... + noise}, in float64, rounded once.
 *
 * @param tensor the small tensor
 * @param added where the large indices of axis {@link #outputs} that the small one lacks take their
 *     values from, with the same maps (advanced knowledge initialisation); the small tensor itself
 *     as a rule
 * @param axes the map of each axis
 * @param outputs number of the axis of outputs
 * @param factor what all values are multiplied by
 * @param noise what breaks the symmetry of copies
 */
public record Expansion(
    SourceTensor tensor,
    SourceTensor added,
    List<AxisMap> axes,
    int outputs,
    double factor,
    Noise noise)
    implements Serializable {
  /**
   * Normal noise that neighbouring copies of an input have with opposite signs, so that it cancels
   * where copies are equal; the last of an odd number has none.
   *
   * @param axis the axis of inputs
   * @param std standard deviation, 0 for none
   */
  public record Noise(int axis, double std) implements Serializable {
    /** No noise. */
    public static final Noise NONE = new Noise(0, 0);

    public Noise {
      Require.notNegative(axis, "axis of noise");
      if (!(std >= 0 && std < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("std of noise is no finite number from 0 on: " + std);
      }
    }
  }

  public Expansion {
    Objects.requireNonNull(noise, "noise is null");
    Require.finite(factor, "factor");
    axes = List.copyOf(axes);
    List<Long> small = axes.stream().map(AxisMap::small).toList();
    requireShape(tensor, small);
    requireShape(added, small);
    if (noise.std() > 0) {
      requireNoiseFits(axes, noise.axis());
    }
  }

  private static void requireShape(SourceTensor tensor, List<Long> small) {
    if (!tensor.shape().dims().equals(small)) {
      throw new IllegalArgumentException(
          "tensor '%s' has another shape (expected %s, found %s)"
              .formatted(tensor.name(), small, tensor.shape()));
    }
  }

  private static void requireNoiseFits(List<AxisMap> axes, int axis) {
    boolean fits =
        axes.size() == 2
            && axis < 2
            && axes.get(axis).kind() == AxisMap.Kind.CYCLIC
            && axes.get(axis).parts().size() == 1
            && axes.get(axis).large() % axes.get(axis).small() == 0;
    if (!fits) {
      throw new IllegalArgumentException(
          "noise is for matrices whose inputs are copied in a cycle");
    }
  }

  /** Returns the shape of the large tensor. */
  public Shape shape() {
    return new Shape(axes.stream().map(AxisMap::large).toList());
  }

  /** Returns the small tensors that it reads. */
  public List<SourceTensor> tensors() {
    return tensor.equals(added) ? List.of(tensor) : List.of(tensor, added);
  }

  /** Returns the same function of other small tensors. */
  public Expansion with(UnaryOperator<SourceTensor> change) {
    return new Expansion(change.apply(tensor), change.apply(added), axes, outputs, factor, noise);
  }

  /** Returns whether the values are those of the small tensor as they are. */
  public boolean isCopy() {
    return factor == 1
        && noise.std() == 0
        && tensor.equals(added)
        && axes.stream().allMatch(axis -> axis.kind() == AxisMap.Kind.SAME);
  }
}
