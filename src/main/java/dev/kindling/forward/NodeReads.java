package dev.kindling.forward;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The tensors that a node reads: its inputs, and what the bodies of If, Loop and Scan capture from
 * around them.
 */
final class NodeReads {
  private NodeReads() {}

  static Set<String> of(NodeProto node) {
    Set<String> names = new LinkedHashSet<>(node.getInputList());
    for (GraphProto body : bodies(node)) {
      names.addAll(captured(body));
    }
    names.remove("");
    return names;
  }

  static List<GraphProto> bodies(NodeProto node) {
    List<GraphProto> bodies = new ArrayList<>();
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        bodies.add(attribute.getG());
      }
      bodies.addAll(attribute.getGraphsList());
    }
    return bodies;
  }

  private static Set<String> captured(GraphProto body) {
    Set<String> names = new LinkedHashSet<>();
    body.getNodeList().forEach(node -> names.addAll(of(node)));
    body.getOutputList().forEach(output -> names.add(output.getName()));
    names.removeAll(defined(body));
    return names;
  }

  private static Set<String> defined(GraphProto body) {
    Set<String> names = new LinkedHashSet<>();
    body.getInputList().stream().map(ValueInfoProto::getName).forEach(names::add);
    body.getInitializerList().stream().map(TensorProto::getName).forEach(names::add);
    body.getSparseInitializerList().forEach(sparse -> names.add(sparse.getValues().getName()));
    body.getNodeList().forEach(node -> names.addAll(node.getOutputList()));
    return names;
  }
}
