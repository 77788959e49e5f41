package dev.kindling.reader.roles;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.kindling.model.ElementType;
import dev.kindling.model.Shape;
import dev.kindling.reader.file.ModelFile;
import dev.kindling.reader.graph.Attributes;
import dev.kindling.reader.graph.GraphIndex;
import dev.kindling.reader.graph.Neighbours;
import dev.kindling.reader.graph.OnnxTypes;
import dev.kindling.reader.graph.OnnxValues;
import dev.kindling.reader.graph.Positions;
import dev.kindling.reader.repair.ExportedNames;
import dev.kindling.reader.roles.Source.Orientation;
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
  private static final List<Long> LAST_TWO = List.of(0L, 2L, 1L);

  private final GraphIndex index;
  private final InputUses uses;
  private final ModelFile file;

  SourceFinder(GraphIndex index, ModelFile file) {
    this.index = index;
    this.uses = new InputUses(index);
    this.file = file;
  }

  /**
   * Returns the float tensor behind a value, or nothing if the value is computed or fed as data. An
   * Identity of an initialiser whose output bears a parameter's name is a parameter of its own.
   */
  Optional<Source> find(String value) {
    List<NodeProto> passages = new ArrayList<>();
    String name = value;
    Optional<NodeProto> passage = passage(name);
    while (passage.isPresent() && !isParameter(name)) {
      passages.add(passage.get());
      name = passage.get().getInput(0);
      passage = passage(name);
    }
    String own = name;
    return source(original(own))
        .filter(source -> source.type().isFloat())
        .map(source -> behind(source, own, passages));
  }

  private Optional<NodeProto> passage(String value) {
    return index
        .producer(value)
        .filter(node -> Positions.isPassage(node) && node.getInputCount() > 0);
  }

  /**
   * Exporters merge parameters that happen to have equal values, such as the scales of all new
   * norms or all layers that are copies of one, and put Identity nodes in place of the others.
   */
  private boolean isParameter(String copy) {
    String original = original(copy);
    return ExportedNames.isParameter(copy)
        && (index.initialisers().containsKey(original) || index.inputs().containsKey(original));
  }

  /** Returns what Identity nodes alone copy. */
  private String original(String value) {
    String name = value;
    Optional<NodeProto> copy = passage(name);
    while (copy.isPresent() && Neighbours.is(copy.get(), "Identity")) {
      name = copy.get().getInput(0);
      copy = passage(name);
    }
    return name;
  }

  private static Source behind(Source source, String name, List<NodeProto> passages) {
    Orientation orientation = Orientation.AS_IS;
    for (NodeProto node : passages) {
      orientation = Neighbours.is(node, "Transpose") ? transposed(orientation, node) : orientation;
    }
    return new Source(
        name,
        source.shape(),
        source.type(),
        source.proto(),
        orientation,
        passages.stream().anyMatch(SourceFinder::isReshape));
  }

  private static boolean isReshape(NodeProto node) {
    return List.of("Reshape", "Unsqueeze", "Squeeze", "Flatten").contains(node.getOpType());
  }

  private static Orientation transposed(Orientation orientation, NodeProto node) {
    List<Long> axes = Attributes.integers(node, "perm");
    if (axes.isEmpty() || isSwap(axes)) {
      return orientation.swapped();
    }
    if (axes.equals(LAST_TWO) && orientation != Orientation.OTHER) {
      return orientation == Orientation.AS_IS ? Orientation.LAST_SWAPPED : Orientation.OTHER;
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
    return new Source(name, shape, type, proto, Orientation.AS_IS, false);
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
