package dev.kindling.reader.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;

/** The values of the enclosing graph that the bodies of an If, Loop or Scan node read. */
public final class Captures {
  private Captures() {}

  /** Returns the captured names; empty for a node without subgraphs. */
  public static Set<String> of(NodeProto node) {
    Set<String> captured = new LinkedHashSet<>();
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        captured.addAll(ofBody(attribute.getG()));
      }
      attribute.getGraphsList().forEach(body -> captured.addAll(ofBody(body)));
    }
    return captured;
  }

  private static Set<String> ofBody(GraphProto body) {
    Set<String> read = new LinkedHashSet<>();
    for (NodeProto node : body.getNodeList()) {
      read.addAll(node.getInputList());
      read.addAll(of(node));
    }
    body.getOutputList().forEach(output -> read.add(output.getName()));
    read.removeAll(defined(body));
    read.remove("");
    return read;
  }

  private static Set<String> defined(GraphProto body) {
    Set<String> defined = new HashSet<>();
    Stream.concat(
            body.getInputList().stream().map(ValueInfoProto::getName),
            body.getInitializerList().stream().map(TensorProto::getName))
        .forEach(defined::add);
    body.getNodeList().forEach(node -> defined.addAll(node.getOutputList()));
    return defined;
  }
}
