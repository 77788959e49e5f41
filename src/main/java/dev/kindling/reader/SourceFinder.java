package dev.kindling.reader;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.kindling.model.ElementType;
import dev.kindling.model.Shape;
import dev.kindling.reader.Source.Orientation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Finds the tensor behind a value by walking back through Transpose, Identity, Cast and Reshape. A
 * graph input counts as a tensor when all that reads it reads it as a weight, bias, norm parameter
 * or embedding, so that models exported without values can be read.
 */
final class SourceFinder {
  private final GraphIndex index;
  private final InputUses uses;
  private final ModelFile file;

  SourceFinder(GraphIndex index, ModelFile file) {
    this.index = index;
    this.uses = new InputUses(index);
    this.file = file;
  }

  /**
   * Returns the float tensor behind a value, or nothing if the value is computed or fed as data.
   */
  Optional<Source> find(String value) {
    List<NodeProto> passages = new ArrayList<>();
    String name = value;
    Optional<NodeProto> passage = passage(name);
    while (passage.isPresent()) {
      passages.add(passage.get());
      name = passage.get().getInput(0);
      passage = passage(name);
    }
    String origin = name;
    return source(origin)
        .filter(source -> source.type().isFloat())
        .map(source -> behind(source, passages, value));
  }

  private Optional<NodeProto> passage(String value) {
    return index
        .producer(value)
        .filter(node -> Positions.isPassage(node) && node.getInputCount() > 0);
  }

  private static Source behind(Source source, List<NodeProto> passages, String value) {
    Orientation orientation = Orientation.AS_IS;
    for (NodeProto node : passages) {
      orientation = Neighbours.is(node, "Transpose") ? transposed(orientation, node) : orientation;
    }
    boolean copied =
        !passages.isEmpty() && passages.stream().allMatch(node -> Neighbours.is(node, "Identity"));
    return new Source(
        source.name(),
        copied ? Optional.of(value) : Optional.empty(),
        source.shape(),
        source.type(),
        source.proto(),
        orientation,
        passages.stream().anyMatch(node -> Neighbours.is(node, "Reshape")));
  }

  private static Orientation transposed(Orientation orientation, NodeProto node) {
    List<Long> axes = Attributes.integers(node, "perm");
    if (axes.isEmpty() || isSwap(axes)) {
      return orientation.swapped();
    }
    return isAsIs(axes, 0) ? orientation : Orientation.OTHER;
  }

  private static boolean isSwap(List<Long> axes) {
    return axes.size() >= 2 && axes.get(0) == 1 && axes.get(1) == 0 && isAsIs(axes, 2);
  }

  private static boolean isAsIs(List<Long> axes, int from) {
    return IntStream.range(from, axes.size()).allMatch(i -> axes.get(i) == i);
  }

  private Optional<Source> source(String name) {
    Optional<TensorProto> proto =
        Optional.ofNullable(index.initialisers().get(name))
            .or(() -> index.producer(name).flatMap(OnnxValues::constant));
    if (proto.isPresent()) {
      return Optional.of(
          source(
              name,
              OnnxValues.shape(proto.get(), name, file),
              OnnxValues.type(proto.get(), name, file),
              proto));
    }
    if (!uses.areAllTrainable(name)) {
      return Optional.empty();
    }
    ValueInfoProto input = index.inputs().get(name);
    return shape(input).map(shape -> source(name, shape, type(input), Optional.empty()));
  }

  private static Source source(
      String name, Shape shape, ElementType type, Optional<TensorProto> proto) {
    return new Source(name, Optional.empty(), shape, type, proto, Orientation.AS_IS, false);
  }

  /**
   * Returns the declared shape if every extent is a number; otherwise the input is data, unless its
   * use forbids that.
   */
  private Optional<Shape> shape(ValueInfoProto input) {
    TypeProto.Tensor type = input.getType().getTensorType();
    List<Dimension> dims = type.getShape().getDimList();
    if (type.hasShape() && dims.stream().allMatch(Dimension::hasDimValue)) {
      try {
        return Optional.of(new Shape(dims.stream().map(Dimension::getDimValue).toList()));
      } catch (IllegalArgumentException e) {
        throw file.refuse("tensor '%s'".formatted(input.getName()), e.getMessage());
      }
    }
    if (uses.mustBeTrainable(input.getName())) {
      throw file.refuse(
          "tensor '%s'".formatted(input.getName()),
          "it is a weight of unknown shape (expected a number for every dimension of this graph input)");
    }
    return Optional.empty();
  }

  private ElementType type(ValueInfoProto input) {
    int type = input.getType().getTensorType().getElemType();
    return OnnxTypes.elementType(type)
        .orElseThrow(
            () ->
                file.refuse(
                    "tensor '%s'".formatted(input.getName()),
                    "unsupported element type " + OnnxTypes.describe(type)));
  }
}
