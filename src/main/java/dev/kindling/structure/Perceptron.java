package dev.kindling.structure;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Says whether a model is a multilayer perceptron as Spark's MLlib computes one: dense layers with
 * biases, one behind the other, a sigmoid between each two, and a softmax at the end, which the
 * graph may leave to the loss. Source: Spark, MultilayerPerceptronClassifier.
 */
public final class Perceptron {
  /** Operators that hand on what they are given, where a sample has one axis. */
  private static final Set<String> PASSAGES = Set.of("Identity", "Flatten", "Dropout", "Reshape");

  private static final Set<String> ENDS = Set.of("Softmax", "LogSoftmax");

  private final List<NodeProto> nodes;
  private final List<Layer> layers;
  private final Map<String, NodeProto> byName = new HashMap<>();
  private final Map<String, NodeProto> producers = new HashMap<>();

  private Perceptron(Model.Graph graph) {
    this.nodes = graph.onnx().getGraph().getNodeList();
    this.layers = graph.layers();
    nodes.forEach(
        node -> {
          byName.put(node.getName(), node);
          node.getOutputList().forEach(output -> producers.put(output, node));
        });
  }

  /**
   * Returns the layers of a perceptron.
   *
   * @throws IllegalArgumentException if the model is something else; the message says what differs
   */
  public static List<Layer> layers(Model model) {
    Model.Graph graph =
        model
            .graph()
            .orElseThrow(() -> new IllegalArgumentException("it has no graph, only shapes"));
    new Perceptron(graph).check();
    return graph.layers();
  }

  private void check() {
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("it has no dense layer");
    }
    String value = byName.get(layers.get(0).node()).getInput(0);
    checkBefore(value);
    for (int i = 0; i < layers.size(); i++) {
      value = affine(layers.get(i), value);
      String after = next(value).map(NodeProto::getOpType).orElse("nothing");
      boolean last = i == layers.size() - 1;
      if (last ? !after.equals("nothing") && !ENDS.contains(after) : !after.equals("Sigmoid")) {
        throw new IllegalArgumentException(
            "layer '%s' is followed by %s and not by a %s"
                .formatted(layers.get(i).name(), after, last ? "softmax" : "sigmoid"));
      }
      value = next(value).map(node -> passed(node.getOutput(0))).orElse(value);
    }
    next(value)
        .ifPresent(
            node -> {
              throw new IllegalArgumentException(
                  "%s follows its softmax".formatted(node.getOpType()));
            });
  }

  /** The first layer reads the data as they are. */
  private void checkBefore(String value) {
    NodeProto node = producers.get(value);
    while (node != null && PASSAGES.contains(node.getOpType())) {
      node = producers.get(node.getInput(0));
    }
    if (node != null) {
      throw new IllegalArgumentException(
          "%s stands before its first layer".formatted(node.getOpType()));
    }
  }

  /** Returns what a layer puts out, bias included. */
  private String affine(Layer layer, String value) {
    NodeProto node = byName.get(layer.node());
    boolean gemm = node.getOpType().equals("Gemm");
    if (!gemm && !node.getOpType().equals("MatMul")) {
      throw new IllegalArgumentException(
          "layer '%s' is a %s and not dense".formatted(layer.name(), node.getOpType()));
    }
    if (!node.getInput(0).equals(value) || node.getAttributeList().stream().anyMatch(this::isOdd)) {
      throw new IllegalArgumentException(
          "layer '%s' does not multiply what the layer before it gives".formatted(layer.name()));
    }
    if (layer.bias().isEmpty()) {
      throw new IllegalArgumentException("layer '%s' has no bias".formatted(layer.name()));
    }
    if (gemm) {
      return passed(node.getOutput(0));
    }
    NodeProto sum = next(node.getOutput(0)).orElse(node);
    if (!sum.getOpType().equals("Add")) {
      throw new IllegalArgumentException(
          "the bias of layer '%s' is not added to its output".formatted(layer.name()));
    }
    return passed(sum.getOutput(0));
  }

  /** Gemm multiplies a transposed input, or scales product or bias. */
  private boolean isOdd(AttributeProto attribute) {
    return switch (attribute.getName()) {
      case "transA" -> attribute.getI() != 0;
      case "alpha", "beta" -> attribute.getF() != 1;
      default -> false;
    };
  }

  /** Returns the value behind nodes that only hand it on. */
  private String passed(String value) {
    String at = value;
    Optional<NodeProto> node = next(at);
    while (node.isPresent() && PASSAGES.contains(node.get().getOpType())) {
      at = node.get().getOutput(0);
      node = next(at);
    }
    return at;
  }

  private Optional<NodeProto> next(String value) {
    List<NodeProto> readers =
        nodes.stream().filter(node -> node.getInputList().contains(value)).toList();
    if (readers.size() > 1) {
      throw new IllegalArgumentException(
          "%d nodes read '%s', so its layers are no chain".formatted(readers.size(), value));
    }
    return readers.stream().findFirst();
  }
}
