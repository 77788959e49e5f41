package dev.kindling.reader.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.kindling.reader.file.ModelFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * A graph that has been checked: acyclic, every name defined once, every value that is read also
 * defined. Answers who produces and who reads a value. Node names must be unique.
 */
public final class GraphIndex {
  /**
   * One reading of a value: input {@code input} of a node, or a capture by one of its subgraphs,
   * then -1.
   */
  public record Reading(NodeProto node, int input) {}

  private final ModelFile file;
  private final Map<String, TensorProto> initialisers = new LinkedHashMap<>();
  private final Map<String, ValueInfoProto> inputs = new LinkedHashMap<>();
  private final Map<String, NodeProto> producers = new HashMap<>();
  private final Map<String, List<Reading>> readings = new HashMap<>();
  private final Set<String> outputs = new HashSet<>();
  private final List<NodeProto> nodes;

  public GraphIndex(GraphProto graph, ModelFile file) {
    this.file = file;
    graph.getInitializerList().forEach(this::addInitialiser);
    graph.getInputList().forEach(this::addInput);
    graph.getNodeList().forEach(this::addOutputs);
    graph.getNodeList().forEach(this::addReadings);
    graph.getOutputList().forEach(output -> addGraphOutput(output.getName()));
    this.nodes = ordered(graph.getNodeList());
  }

  /**
   * Returns the nodes in execution order: as the file has them, except where that is no topological
   * order.
   */
  public List<NodeProto> nodes() {
    return nodes;
  }

  /** Returns the initialisers in the order of the file. */
  public Map<String, TensorProto> initialisers() {
    return initialisers;
  }

  /** Returns the graph's inputs, initialisers that are declared as inputs included. */
  public Map<String, ValueInfoProto> inputs() {
    return inputs;
  }

  /** Returns the node that produces a value, or nothing for inputs and initialisers. */
  public Optional<NodeProto> producer(String value) {
    return Optional.ofNullable(producers.get(value));
  }

  /** Returns every reading of a value. */
  public List<Reading> readings(String value) {
    return readings.getOrDefault(value, List.of());
  }

  /** Returns whether a value is an output of the graph. */
  public boolean isOutput(String value) {
    return outputs.contains(value);
  }

  private void addInitialiser(TensorProto tensor) {
    if (tensor.getName().isBlank()) {
      throw file.refuse("an initialiser", "it has no name");
    }
    if (initialisers.put(tensor.getName(), tensor) != null) {
      throw file.refuse(
          "tensor '%s'".formatted(tensor.getName()), "the graph has two initialisers of this name");
    }
  }

  private void addInput(ValueInfoProto input) {
    if (input.getName().isBlank()) {
      throw file.refuse("an input", "it has no name");
    }
    if (inputs.put(input.getName(), input) != null) {
      throw file.refuse(
          "input '%s'".formatted(input.getName()), "the graph has two inputs of this name");
    }
  }

  private void addOutputs(NodeProto node) {
    for (String output : node.getOutputList()) {
      if (output.isEmpty()) {
        continue;
      }
      if (initialisers.containsKey(output)
          || inputs.containsKey(output)
          || producers.put(output, node) != null) {
        throw file.refuse(
            "node '%s'".formatted(node.getName()),
            "its output '%s' is defined twice".formatted(output));
      }
    }
  }

  private void addReadings(NodeProto node) {
    for (int i = 0; i < node.getInputCount(); i++) {
      if (!node.getInput(i).isEmpty()) {
        addReading(node.getInput(i), new Reading(node, i));
      }
    }
    Captures.of(node).forEach(value -> addReading(value, new Reading(node, -1)));
  }

  private void addReading(String value, Reading reading) {
    if (!isDefined(value)) {
      throw file.refuse(
          "node '%s'".formatted(reading.node().getName()),
          "nothing in the graph defines its input '%s'".formatted(value));
    }
    readings.computeIfAbsent(value, key -> new ArrayList<>()).add(reading);
  }

  private void addGraphOutput(String output) {
    if (!isDefined(output)) {
      throw file.refuse("output '%s'".formatted(output), "nothing in the graph defines it");
    }
    outputs.add(output);
  }

  private boolean isDefined(String value) {
    return initialisers.containsKey(value)
        || inputs.containsKey(value)
        || producers.containsKey(value);
  }

  /** Kahn's algorithm; of the nodes that are ready, the one that comes first in the file. */
  private List<NodeProto> ordered(List<NodeProto> given) {
    Map<String, Integer> positions = new HashMap<>();
    int[] missing = new int[given.size()];
    for (int i = 0; i < given.size(); i++) {
      positions.put(given.get(i).getName(), i);
    }
    producers.keySet().stream()
        .flatMap(value -> readings(value).stream())
        .forEach(reading -> missing[positions.get(reading.node().getName())]++);
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < missing.length; i++) {
      if (missing[i] == 0) {
        ready.add(i);
      }
    }
    List<NodeProto> order = new ArrayList<>();
    while (!ready.isEmpty()) {
      NodeProto node = given.get(ready.remove());
      order.add(node);
      for (String output : node.getOutputList()) {
        for (Reading reading : readings(output)) {
          int reader = positions.get(reading.node().getName());
          if (--missing[reader] == 0) {
            ready.add(reader);
          }
        }
      }
    }
    requireAcyclic(given, order);
    return List.copyOf(order);
  }

  private void requireAcyclic(List<NodeProto> given, List<NodeProto> order) {
    if (order.size() == given.size()) {
      return;
    }
    Set<String> done = new HashSet<>();
    order.forEach(node -> done.add(node.getName()));
    String stuck =
        given.stream()
            .map(NodeProto::getName)
            .filter(name -> !done.contains(name))
            .findFirst()
            .orElseThrow();
    throw file.refuse(
        "node '%s'".formatted(stuck), "the graph has a cycle through it or before it");
  }
}
