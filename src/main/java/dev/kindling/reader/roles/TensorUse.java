package dev.kindling.reader.roles;

import dev.kindling.model.Activation;
import dev.kindling.model.FusedPart;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import java.util.List;

/** What the first node that reads a tensor says about it; the components are those of a tensor. */
public record TensorUse(
    Source source,
    Role role,
    Layout layout,
    int groups,
    long strides,
    Activation activation,
    List<FusedPart> fused) {
  TensorUse(
      Source source, Role role, Layout layout, int groups, long strides, Activation activation) {
    this(source, role, layout, groups, strides, activation, List.of());
  }

  /** Returns this use before another activation. */
  TensorUse before(Activation other) {
    return new TensorUse(source, role, layout, groups, strides, other, fused);
  }

  /** Returns the number of a layer's outputs. */
  long outputs() {
    return layout == Layout.OUT_IN ? source.shape().dim(0) : groups * source.shape().dim(1);
  }

  /** Returns the use of a tensor that no layer multiplies with. */
  static TensorUse of(Source source, Role role) {
    return new TensorUse(source, role, Layout.OUT_IN, 1, 1, Activation.NONE);
  }
}
