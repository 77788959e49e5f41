package dev.kindling.reader.roles;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.base.InputException;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.reader.file.ModelFile;
import dev.kindling.reader.graph.Attributes;

/** What convolutions say of their weights, checked against the weights' shapes. */
final class Convolutions {
  private final ActivationFinder activations;
  private final ModelFile file;

  Convolutions(ActivationFinder activations, ModelFile file) {
    this.activations = activations;
    this.file = file;
  }

  /** Returns the use of a Conv's weight: depthwise if each group has one input. */
  TensorUse forward(NodeProto node, Source weight) {
    int groups = groups(node);
    boolean depthwise = groups > 1 && weight.shape().rank() > 1 && weight.shape().dim(1) == 1;
    require(node, weight, groups);
    return new TensorUse(
        weight,
        depthwise ? Role.DEPTHWISE : Role.CONV,
        weight.layout(Layout.OUT_IN),
        groups,
        1,
        activations.after(node.getOutput(0)));
  }

  /** Returns the use of a ConvTranspose's weight. */
  TensorUse transposed(NodeProto node, Source weight) {
    int groups = groups(node);
    require(node, weight, groups);
    return new TensorUse(
        weight,
        Role.TRANSPOSED_CONV,
        weight.layout(Layout.IN_OUT),
        groups,
        strides(node),
        activations.after(node.getOutput(0)));
  }

  private int groups(NodeProto node) {
    long groups = Attributes.integer(node, "group", 1);
    if (groups < 1 || groups > Integer.MAX_VALUE) {
      throw refuse(node, "group is not a positive number: " + groups);
    }
    return (int) groups;
  }

  private long strides(NodeProto node) {
    long product = 1;
    for (long stride : Attributes.integers(node, "strides")) {
      if (stride < 1 || stride > Integer.MAX_VALUE || product > Integer.MAX_VALUE) {
        throw refuse(node, "strides are not positive numbers of a sensible size");
      }
      product *= stride;
    }
    return product;
  }

  private void require(NodeProto node, Source weight, int groups) {
    weight.requireLayout(node, file);
    if (weight.shape().rank() < 2 || (!weight.reshaped() && weight.shape().rank() < 3)) {
      throw refuse(
          node,
          "its weight '%s' has too few axes (expected 3 or more, found %s)"
              .formatted(weight.name(), weight.shape()));
    }
    if (groups > 1 && weight.orientation() != Source.Orientation.AS_IS) {
      throw refuse(
          node,
          "its weight '%s' is transposed, which a grouped convolution may not be"
              .formatted(weight.name()));
    }
    if (weight.shape().dim(0) % groups != 0) {
      throw refuse(
          node,
          "its weight '%s' of shape %s does not divide into %d groups"
              .formatted(weight.name(), weight.shape(), groups));
    }
  }

  private InputException refuse(NodeProto node, String reason) {
    return file.refuse("node '%s'".formatted(node.getName()), reason);
  }
}
