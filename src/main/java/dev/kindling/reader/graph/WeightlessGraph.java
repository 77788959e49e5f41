package dev.kindling.reader.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.kindling.model.ExternalValues;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rewrites a model so that its trained tensors are graph inputs without values and its constants
 * are initialisers that are no inputs. Nodes are put in execution order; subgraphs stay as they
 * are.
 */
public final class WeightlessGraph {
  /** Before version 4 of the format every initialiser had to be declared as an input, too. */
  private static final long FREE_INITIALISERS = 4;

  private final ModelProto model;
  private final List<NodeProto> nodes;
  private final Map<String, Tensor> trained = new LinkedHashMap<>();
  private final Map<String, ExternalValues> constants = new LinkedHashMap<>();
  private final Set<String> kept;

  public WeightlessGraph(ModelProto model, List<NodeProto> nodes, Map<String, Tensor> tensors) {
    this.model = model;
    this.nodes = nodes;
    tensors.values().stream()
        .filter(tensor -> tensor.role() != Role.CONSTANT)
        .forEach(tensor -> trained.put(tensor.name(), tensor));
    tensors.values().stream()
        .filter(tensor -> tensor.role() == Role.CONSTANT)
        .forEach(tensor -> tensor.values().ifPresent(found -> constants.put(tensor.name(), found)));
    this.kept =
        model.getGraph().getInitializerList().stream()
            .map(TensorProto::getName)
            .filter(name -> !trained.containsKey(name))
            .collect(Collectors.toSet());
  }

  /** Returns the graph without the values of trained tensors. */
  public ModelProto build() {
    GraphProto given = model.getGraph();
    GraphProto.Builder graph =
        given.toBuilder().clearNode().clearInitializer().clearInput().clearValueInfo();
    nodes.stream().filter(node -> !isReplaced(node)).forEach(graph::addNode);
    given.getInitializerList().stream()
        .filter(tensor -> kept.contains(tensor.getName()))
        .map(this::withValues)
        .forEach(graph::addInitializer);
    given.getInputList().stream().filter(this::isData).forEach(graph::addInput);
    trained.values().forEach(tensor -> graph.addInput(input(tensor)));
    given.getValueInfoList().stream()
        .filter(value -> !trained.containsKey(value.getName()))
        .forEach(graph::addValueInfo);
    return model.toBuilder()
        .setIrVersion(Math.max(model.getIrVersion(), FREE_INITIALISERS))
        .setGraph(graph)
        .build();
  }

  /** Constants from another file move in, so that the graph is whole wherever it runs. */
  private TensorProto withValues(TensorProto tensor) {
    return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL
            && constants.get(tensor.getName()) instanceof ExternalValues.Inline inline
        ? tensor.toBuilder()
            .clearExternalData()
            .clearDataLocation()
            .setRawData(ByteString.copyFrom(Base64.getDecoder().decode(inline.base64())))
            .build()
        : tensor;
  }

  /** Constant and Identity nodes whose output has become an input. */
  private boolean isReplaced(NodeProto node) {
    return node.getOutputList().stream().anyMatch(trained::containsKey);
  }

  private boolean isData(ValueInfoProto input) {
    return !trained.containsKey(input.getName()) && !kept.contains(input.getName());
  }

  private static ValueInfoProto input(Tensor tensor) {
    return valueInfo(tensor.name(), OnnxTypes.dataType(tensor.type()), shape(tensor.shape()));
  }

  private static TensorShapeProto shape(Shape shape) {
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    shape.dims().forEach(dim -> dims.addDimBuilder().setDimValue(dim));
    return dims.build();
  }

  /** Returns the declaration of a tensor that is an input or output of a graph. */
  public static ValueInfoProto valueInfo(String name, int dataType, TensorShapeProto shape) {
    TypeProto.Tensor type =
        TypeProto.Tensor.newBuilder().setElemType(dataType).setShape(shape).build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }
}
