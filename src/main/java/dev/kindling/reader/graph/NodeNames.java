package dev.kindling.reader.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Gives every node of a graph a name of its own, which ONNX does not ask for. */
public final class NodeNames {
  private final Set<String> taken = new HashSet<>();
  private final Set<String> given;
  private final Map<String, Integer> numbers = new HashMap<>();

  private NodeNames(GraphProto graph) {
    this.given = graph.getNodeList().stream().map(NodeProto::getName).collect(Collectors.toSet());
  }

  /** Returns the graph with unique, non-empty node names; names that are so already stay. */
  public static GraphProto unique(GraphProto graph) {
    NodeNames names = new NodeNames(graph);
    List<NodeProto> nodes = graph.getNodeList().stream().map(names::named).toList();
    return graph.toBuilder().clearNode().addAllNode(nodes).build();
  }

  private NodeProto named(NodeProto node) {
    if (!node.getName().isBlank() && taken.add(node.getName())) {
      return node;
    }
    String stem = node.getName().isBlank() ? node.getOpType() : node.getName();
    String name;
    do {
      name = stem + "_" + numbers.merge(stem, 1, Integer::sum);
    } while (given.contains(name) || !taken.add(name));
    return node.toBuilder().setName(name).build();
  }
}
