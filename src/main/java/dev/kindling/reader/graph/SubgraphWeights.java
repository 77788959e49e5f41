package dev.kindling.reader.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Moves the initialisers of If, Loop and Scan bodies to the graph around them, where the bodies see
 * them all the same and the reader can give them values. Names that are taken stay in their body.
 */
public final class SubgraphWeights {
  private final Set<String> taken = new HashSet<>();
  private final List<TensorProto> moved = new ArrayList<>();

  private SubgraphWeights(GraphProto graph) {
    addNames(graph);
  }

  /** Returns the graph with the initialisers of all bodies, as far as their names allow. */
  public static GraphProto moved(GraphProto graph) {
    if (graph.getNodeList().stream().allMatch(node -> bodies(node).findAny().isEmpty())) {
      return graph;
    }
    SubgraphWeights weights = new SubgraphWeights(graph);
    List<NodeProto> nodes = graph.getNodeList().stream().map(weights::withoutWeights).toList();
    return graph.toBuilder().clearNode().addAllNode(nodes).addAllInitializer(weights.moved).build();
  }

  /** Returns the nodes of all bodies within a node, at any depth. */
  public static Stream<NodeProto> nodes(NodeProto node) {
    return bodies(node)
        .flatMap(body -> body.getNodeList().stream())
        .flatMap(inner -> Stream.concat(Stream.of(inner), nodes(inner)));
  }

  private static Stream<GraphProto> bodies(NodeProto node) {
    return node.getAttributeList().stream()
        .flatMap(
            attribute ->
                Stream.concat(
                    attribute.hasG() ? Stream.of(attribute.getG()) : Stream.empty(),
                    attribute.getGraphsList().stream()));
  }

  /** A name of the graph itself, or one that two bodies have, cannot move. */
  private void addNames(GraphProto graph) {
    graph.getInitializerList().forEach(tensor -> taken.add(tensor.getName()));
    graph.getInputList().forEach(input -> taken.add(input.getName()));
    graph.getNodeList().forEach(node -> taken.addAll(node.getOutputList()));
  }

  private NodeProto withoutWeights(NodeProto node) {
    NodeProto.Builder changed = node.toBuilder();
    for (int i = 0; i < node.getAttributeCount(); i++) {
      AttributeProto.Builder attribute = node.getAttribute(i).toBuilder();
      if (attribute.hasG()) {
        attribute.setG(withoutWeights(attribute.getG()));
      }
      for (int j = 0; j < attribute.getGraphsCount(); j++) {
        attribute.setGraphs(j, withoutWeights(attribute.getGraphs(j)));
      }
      changed.setAttribute(i, attribute);
    }
    return changed.build();
  }

  private GraphProto withoutWeights(GraphProto body) {
    GraphProto.Builder changed = body.toBuilder().clearInitializer().clearNode();
    for (TensorProto tensor : body.getInitializerList()) {
      if (!tensor.getName().isEmpty() && taken.add(tensor.getName())) {
        moved.add(tensor);
      } else {
        changed.addInitializer(tensor);
      }
    }
    body.getNodeList().forEach(node -> taken.addAll(node.getOutputList()));
    body.getNodeList().forEach(node -> changed.addNode(withoutWeights(node)));
    return changed.build();
  }
}
