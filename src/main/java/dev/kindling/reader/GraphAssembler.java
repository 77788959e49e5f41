package dev.kindling.reader;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import dev.kindling.model.Shape;
import java.util.List;

/**
 * Puts an ONNX model together node by node; all values are float32, and the first axis of
 * activations is the batch.
 */
final class GraphAssembler {
  private static final int IR_VERSION = 8;
  private static final int OPSET = 17;
  private static final String BATCH = "batch";

  private final GraphProto.Builder graph = GraphProto.newBuilder();

  /** Declares the data input, whose shape is given without the batch. */
  void input(String name, Shape sample) {
    graph.addInput(
        WeightlessGraph.valueInfo(name, TensorProto.DataType.FLOAT_VALUE, batched(sample)));
  }

  /** Declares the output, whose shape is given without the batch. */
  void output(String name, Shape sample) {
    graph.addOutput(
        WeightlessGraph.valueInfo(name, TensorProto.DataType.FLOAT_VALUE, batched(sample)));
  }

  /** Declares a trained tensor and returns its name. */
  String parameter(String name, Shape shape) {
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    shape.dims().forEach(dim -> dims.addDimBuilder().setDimValue(dim));
    graph.addInput(WeightlessGraph.valueInfo(name, TensorProto.DataType.FLOAT_VALUE, dims.build()));
    return name;
  }

  /** Adds a node and returns the name of its output. */
  String node(String operator, String name, List<String> inputs, List<AttributeProto> attributes) {
    String output = name + ".out";
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(name)
            .addAllInput(inputs)
            .addOutput(output)
            .addAllAttribute(attributes));
    return output;
  }

  /** Adds a node without attributes and returns the name of its output. */
  String node(String operator, String name, String... inputs) {
    return node(operator, name, List.of(inputs), List.of());
  }

  /** Adds a scalar and returns the name of its value. */
  String scalar(String name, float value) {
    TensorProto tensor =
        TensorProto.newBuilder()
            .setDataType(TensorProto.DataType.FLOAT_VALUE)
            .addFloatData(value)
            .build();
    AttributeProto attribute =
        AttributeProto.newBuilder()
            .setName("value")
            .setType(AttributeProto.AttributeType.TENSOR)
            .setT(tensor)
            .build();
    return node("Constant", name, List.of(), List.of(attribute));
  }

  ModelProto model(String name) {
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("kindling")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
        .setGraph(graph.setName(name))
        .build();
  }

  static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  static AttributeProto integers(String name, List<Long> values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INTS)
        .addAllInts(values)
        .build();
  }

  static AttributeProto real(String name, double value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.FLOAT)
        .setF((float) value)
        .build();
  }

  private static TensorShapeProto batched(Shape sample) {
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    dims.addDimBuilder().setDimParam(BATCH);
    sample.dims().forEach(dim -> dims.addDimBuilder().setDimValue(dim));
    return dims.build();
  }
}
