package dev.kindling.structure;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The graph seen as activations that flow from node to node. Vertices are numbered in execution
 * order, first the data inputs, then the nodes. What is made of shapes, token ids and constants
 * does not flow: masks and positions lead nowhere.
 */
final class ActivationGraph {
  /** Operators whose outputs say nothing of their inputs' values. */
  private static final Set<String> CUTS =
      Set.of("Shape", "Size", "ConstantOfShape", "Range", "NonZero", "Constant");

  /** Operators that hand on their first input's elements, so that a weight may lie behind. */
  private static final Set<String> PASSAGES =
      Set.of("Identity", "Cast", "Reshape", "Transpose", "Unsqueeze", "Squeeze", "Flatten");

  /** Operators that multiply activations with a weight. */
  private static final Set<String> LAYERS =
      Set.of("Conv", "ConvTranspose", "Gemm", "MatMul", "Einsum", "LSTM", "GRU", "RNN");

  private static final Set<Integer> FLOATS =
      Set.of(
          DataType.FLOAT_VALUE,
          DataType.DOUBLE_VALUE,
          DataType.FLOAT16_VALUE,
          DataType.BFLOAT16_VALUE);

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Map<String, NodeProto> producers = new HashMap<>();
  private final Map<String, Integer> vertices = new HashMap<>();
  private final List<Optional<NodeProto>> nodes = new ArrayList<>();
  private final Map<Integer, List<Integer>> readers = new HashMap<>();
  private final Map<Integer, List<Integer>> sources = new HashMap<>();
  private final Map<Integer, List<Tensor>> parameters = new HashMap<>();
  private final Set<String> byData = new HashSet<>();
  private final GraphProto graph;

  ActivationGraph(Model model, GraphProto graph) {
    this.graph = graph;
    model.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
    for (ValueInfoProto input : graph.getInputList()) {
      if (!tensors.containsKey(input.getName())) {
        addInput(input);
      }
    }
    graph
        .getNodeList()
        .forEach(node -> node.getOutputList().forEach(output -> producers.put(output, node)));
    graph.getNodeList().forEach(this::addNode);
  }

  private void addInput(ValueInfoProto input) {
    byData.add(input.getName());
    if (FLOATS.contains(input.getType().getTensorType().getElemType())) {
      vertices.put(input.getName(), nodes.size());
      nodes.add(Optional.empty());
    }
  }

  private void addNode(NodeProto node) {
    boolean cut = CUTS.contains(node.getOpType());
    if (!cut && node.getInputList().stream().anyMatch(byData::contains)) {
      byData.addAll(node.getOutputList());
    }
    List<Tensor> used = node.getInputList().stream().flatMap(in -> behind(in).stream()).toList();
    List<Integer> inputs =
        node.getInputList().stream().map(vertices::get).filter(v -> v != null).distinct().toList();
    boolean lookup = node.getOpType().equals("Gather") && !used.isEmpty();
    if (cut || (inputs.isEmpty() && !lookup)) {
      return;
    }
    int vertex = nodes.size();
    nodes.add(Optional.of(node));
    sources.put(vertex, lookup ? List.of() : inputs);
    parameters.put(vertex, used);
    sources
        .get(vertex)
        .forEach(source -> readers.computeIfAbsent(source, v -> new ArrayList<>()).add(vertex));
    node.getOutputList().forEach(output -> vertices.put(output, vertex));
  }

  /** Returns the tensor behind a value, if nothing but passages lie between. */
  private Optional<Tensor> behind(String value) {
    String name = value;
    while (!tensors.containsKey(name)) {
      NodeProto node = producers.get(name);
      if (node == null || !PASSAGES.contains(node.getOpType()) || node.getInputCount() == 0) {
        return Optional.empty();
      }
      name = node.getInput(0);
    }
    return Optional.of(tensors.get(name)).filter(tensor -> tensor.role() != Role.CONSTANT);
  }

  /** Returns the number of vertices. */
  int size() {
    return nodes.size();
  }

  /** Returns the node of a vertex, nothing for a data input. */
  Optional<NodeProto> node(int vertex) {
    return nodes.get(vertex);
  }

  /** Returns the operator of a vertex, empty for a data input. */
  String operator(int vertex) {
    return node(vertex).map(NodeProto::getOpType).orElse("");
  }

  /** Returns the vertex that puts out a value, if it is an activation. */
  Optional<Integer> vertex(String value) {
    return Optional.ofNullable(vertices.get(value));
  }

  /** Returns the vertices that a vertex reads, each once. */
  List<Integer> sources(int vertex) {
    return sources.getOrDefault(vertex, List.of());
  }

  /** Returns the vertices that read a vertex. */
  List<Integer> readers(int vertex) {
    return readers.getOrDefault(vertex, List.of());
  }

  /** Returns the trained tensors that a vertex reads. */
  List<Tensor> parameters(int vertex) {
    return parameters.getOrDefault(vertex, List.of());
  }

  /** Returns the trained tensors of a role that a vertex reads. */
  List<String> parameters(int vertex, Role role) {
    return parameters(vertex).stream().filter(t -> t.role() == role).map(Tensor::name).toList();
  }

  /** Returns the weight that a vertex multiplies with; an embedding may be one, too. */
  Optional<Tensor> weight(int vertex) {
    return LAYERS.contains(operator(vertex))
        ? parameters(vertex).stream()
            .filter(tensor -> tensor.role().isWeight() || tensor.role() == Role.EMBEDDING)
            .findFirst()
        : Optional.empty();
  }

  /** Returns whether a vertex is an output of the graph. */
  boolean isOutput(int vertex) {
    return graph.getOutputList().stream()
        .anyMatch(output -> vertex(output.getName()).filter(v -> v == vertex).isPresent());
  }

  /** Returns the vertices that the graph puts out. */
  List<Integer> outputs() {
    return graph.getOutputList().stream()
        .flatMap(output -> vertex(output.getName()).stream())
        .toList();
  }

  /** Returns whether a value is made of data, other than of its shape. */
  boolean isMadeOfData(String value) {
    return byData.contains(value);
  }

  /** Returns the node that puts out a value, whether it is an activation or not. */
  Optional<NodeProto> producer(String value) {
    return Optional.ofNullable(producers.get(value));
  }

  /** Returns the graph as the model has it. */
  GraphProto onnx() {
    return graph;
  }
}
