package dev.kindling.forward;

import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.kindling.base.InputException;
import dev.kindling.model.ElementType;
import dev.kindling.model.Shape;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Holds the data set's shapes against the graph's inputs and declares them with the batch axis left
 * open.
 */
final class DataInputs {
  /** Name of the axis that counts samples. */
  static final String BATCH_AXIS = "kindling_batch";

  private DataInputs() {}

  /** Returns the declarations, in the order of names. */
  static SortedMap<String, ValueInfoProto> declare(
      String model, Map<String, ValueInfoProto> inputs, Map<String, Shape> sampleShapes) {
    checkNames(model, inputs, sampleShapes);
    SortedMap<String, ValueInfoProto> declared = new TreeMap<>();
    inputs.forEach(
        (name, input) -> declared.put(name, declare(model, input, sampleShapes.get(name))));
    return declared;
  }

  /** Returns the shape of one sample for each input that is declared in full. */
  static Map<String, Shape> sampleShapes(Map<String, ValueInfoProto> inputs) {
    Map<String, Shape> shapes = new TreeMap<>();
    inputs.forEach(
        (name, input) -> {
          List<TensorShapeProto.Dimension> dims =
              input.getType().getTensorType().getShape().getDimList();
          if (!dims.isEmpty() && dims.stream().skip(1).allMatch(dim -> dim.getDimValue() > 0)) {
            shapes.put(
                name,
                new Shape(
                    dims.stream().skip(1).map(TensorShapeProto.Dimension::getDimValue).toList()));
          }
        });
    return shapes;
  }

  private static void checkNames(
      String model, Map<String, ValueInfoProto> inputs, Map<String, Shape> sampleShapes) {
    for (String name : new TreeSet<>(inputs.keySet())) {
      if (!sampleShapes.containsKey(name)) {
        throw new InputException(
            "Cannot run %s: its input '%s' has no data (expected %s, found %s)"
                .formatted(model, name, names(inputs), names(sampleShapes)));
      }
    }
    for (String name : new TreeSet<>(sampleShapes.keySet())) {
      if (!inputs.containsKey(name)) {
        throw new InputException(
            "Cannot feed data '%s' to %s: the model has no such input (expected %s, found %s)"
                .formatted(name, model, names(inputs), names(sampleShapes)));
      }
    }
  }

  private static List<String> names(Map<String, ?> map) {
    return map.keySet().stream().sorted().toList();
  }

  private static ValueInfoProto declare(String model, ValueInfoProto input, Shape sample) {
    ElementType type =
        ValueTypes.elementType(input.getType())
            .orElseThrow(
                () ->
                    new InputException(
                        "Cannot feed input '%s' of %s: only tensors of numbers can be fed"
                            .formatted(input.getName(), model)));
    TypeProto.Tensor tensor = input.getType().getTensorType();
    if (tensor.hasShape() && !fits(tensor.getShape(), sample)) {
      throw new InputException(
          "Cannot feed input '%s' of %s: the shape of a sample does not fit the model (expected %s, found %s)"
              .formatted(input.getName(), model, sampleShape(tensor.getShape()), sample));
    }
    return ValueTypes.value(input.getName(), ValueTypes.tensor(type, batched(sample)));
  }

  private static boolean fits(TensorShapeProto declared, Shape sample) {
    if (declared.getDimCount() != sample.rank() + 1) {
      return false;
    }
    for (int axis = 0; axis < sample.rank(); axis++) {
      TensorShapeProto.Dimension dim = declared.getDim(axis + 1);
      if (dim.hasDimValue() && dim.getDimValue() != sample.dim(axis)) {
        return false;
      }
    }
    return true;
  }

  private static String sampleShape(TensorShapeProto declared) {
    if (declared.getDimCount() == 0) {
      return "a single number for all samples";
    }
    return declared.getDimList().stream()
        .skip(1)
        .map(dim -> dim.hasDimValue() ? String.valueOf(dim.getDimValue()) : "any")
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static TensorShapeProto batched(Shape sample) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    shape.addDimBuilder().setDimParam(BATCH_AXIS);
    sample.dims().forEach(dim -> shape.addDimBuilder().setDimValue(dim));
    return shape.build();
  }
}
