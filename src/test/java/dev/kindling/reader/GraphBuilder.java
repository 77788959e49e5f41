package dev.kindling.reader;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.kindling.model.Model;
import dev.kindling.reader.graph.WeightlessGraph;
import java.util.Arrays;

/** Writes small ONNX models by hand. */
public final class GraphBuilder {
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("test");

  /** A float32 input; a dimension below zero has no number. */
  public GraphBuilder input(String name, long... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    Arrays.stream(dims)
        .forEach(
            dim -> {
              if (dim < 0) {
                shape.addDimBuilder().setDimParam("n");
              } else {
                shape.addDimBuilder().setDimValue(dim);
              }
            });
    graph.addInput(WeightlessGraph.valueInfo(name, DataType.FLOAT_VALUE, shape.build()));
    return this;
  }

  public GraphBuilder output(String name) {
    graph.addOutput(ValueInfoProto.newBuilder().setName(name));
    return this;
  }

  /** A float32 initialiser of zeros. */
  public GraphBuilder weight(String name, long... dims) {
    long count = Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    return initialiser(
        zeros(name, dims).setRawData(ByteString.copyFrom(new byte[(int) (4 * count)])));
  }

  public static TensorProto.Builder zeros(String name, long... dims) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(DataType.FLOAT_VALUE);
    Arrays.stream(dims).forEach(tensor::addDims);
    return tensor;
  }

  public GraphBuilder initialiser(TensorProto.Builder tensor) {
    graph.addInitializer(tensor);
    return this;
  }

  /** A node; several inputs are separated by spaces, and the output is also the node's name. */
  public GraphBuilder node(
      String operator, String inputs, String output, AttributeProto... attributes) {
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(output)
            .addAllInput(Arrays.asList(inputs.split(" ")))
            .addOutput(output)
            .addAllAttribute(Arrays.asList(attributes)));
    return this;
  }

  public GraphBuilder node(NodeProto node) {
    graph.addNode(node);
    return this;
  }

  public ModelProto proto() {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(graph)
        .build();
  }

  public Model read() {
    return ModelReader.read(proto().toByteArray(), "test.onnx");
  }
}
