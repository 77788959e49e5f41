package dev.kindling.reader.compile;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import dev.kindling.model.Shape;
import dev.kindling.reader.graph.OnnxTypes;
import dev.kindling.reader.graph.WeightlessGraph;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Puts an ONNX model together node by node; all computed values are float32, and the first axis of
 * activations is the batch.
 */
public final class GraphAssembler {
  private static final int IR_VERSION = 9;
  private static final int OPSET = 20;
  private static final String BATCH = "batch";

  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private final Map<String, Shape> parameters = new HashMap<>();
  private final Set<String> shared = new HashSet<>();

  /** Declares a data input, whose shape is given without the batch. */
  public void input(Activations input) {
    graph.addInput(
        WeightlessGraph.valueInfo(
            input.value(), OnnxTypes.dataType(input.type()), batched(input.sample())));
  }

  /** Declares the output, whose shape is given without the batch. */
  public void output(Activations output) {
    graph.addOutput(
        WeightlessGraph.valueInfo(
            output.value(), OnnxTypes.dataType(output.type()), batched(output.sample())));
  }

  /** Declares a trained tensor and returns its name. */
  String parameter(String name, Shape shape) {
    parameters.put(name, shape);
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    shape.dims().forEach(dim -> dims.addDimBuilder().setDimValue(dim));
    graph.addInput(WeightlessGraph.valueInfo(name, TensorProto.DataType.FLOAT_VALUE, dims.build()));
    return name;
  }

  /** Returns the shape of a trained tensor that has been declared, or nothing. */
  Optional<Shape> declared(String parameter) {
    return Optional.ofNullable(parameters.get(parameter));
  }

  /** Adds a node and returns the name of its output. */
  String node(String operator, String name, List<String> inputs, List<AttributeProto> attributes) {
    return node(operator, name, inputs, attributes, List.of(name + ".out")).get(0);
  }

  /** Adds a node and returns the names of its outputs; an empty one is not put out. */
  List<String> node(
      String operator,
      String name,
      List<String> inputs,
      List<AttributeProto> attributes,
      List<String> outputs) {
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(name)
            .addAllInput(inputs)
            .addAllOutput(outputs)
            .addAllAttribute(attributes));
    return outputs;
  }

  /** Adds a node without attributes and returns the name of its output. */
  String node(String operator, String name, String... inputs) {
    return node(operator, name, List.of(inputs), List.of());
  }

  /** Adds a scalar and returns the name of its value. */
  String scalar(String name, double value) {
    return constant(
        name,
        TensorProto.newBuilder()
            .setDataType(TensorProto.DataType.FLOAT_VALUE)
            .addFloatData((float) value));
  }

  /** Adds a whole number and returns the name of its value. */
  String whole(String name, long value) {
    return constant(
        name,
        TensorProto.newBuilder().setDataType(TensorProto.DataType.INT64_VALUE).addInt64Data(value));
  }

  /** Adds a list of whole numbers, such as a shape, and returns the name of its value. */
  String numbers(String name, List<Long> values) {
    return constant(
        name,
        TensorProto.newBuilder()
            .setDataType(TensorProto.DataType.INT64_VALUE)
            .addDims(values.size())
            .addAllInt64Data(values));
  }

  /** Adds a matrix in row order and returns the name of its value. */
  String matrix(String name, Shape shape, List<Float> values) {
    return constant(
        name,
        TensorProto.newBuilder()
            .setDataType(TensorProto.DataType.FLOAT_VALUE)
            .addAllDims(shape.dims())
            .addAllFloatData(values));
  }

  /** Returns the value that {@code create} adds under a name, which it does once. */
  String once(String name, Supplier<String> create) {
    return shared.add(name) ? create.get() : name + ".out";
  }

  private String constant(String name, TensorProto.Builder tensor) {
    AttributeProto attribute =
        AttributeProto.newBuilder()
            .setName("value")
            .setType(AttributeProto.AttributeType.TENSOR)
            .setT(tensor)
            .build();
    return node("Constant", name, List.of(), List.of(attribute));
  }

  /** Returns the model that was put together. */
  public ModelProto model(String name) {
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("kindling")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
        .setGraph(graph.setName(name))
        .build();
  }

  private static TensorShapeProto batched(Shape sample) {
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    dims.addDimBuilder().setDimParam(BATCH);
    sample.dims().forEach(dim -> dims.addDimBuilder().setDimValue(dim));
    return dims.build();
  }
}
