package dev.kindling.reader.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Optional;

/** The attributes of an ONNX node. */
public final class Attributes {
  private Attributes() {}

  /** Returns an integer attribute, or {@code otherwise} if the node does not have it. */
  public static long integer(NodeProto node, String name, long otherwise) {
    return find(node, name).map(AttributeProto::getI).orElse(otherwise);
  }

  /**
   * Returns a float attribute as the decimal number that it was written as, or {@code otherwise} if
   * the node does not have it.
   */
  public static double number(NodeProto node, String name, double otherwise) {
    return find(node, name)
        .map(attribute -> Double.parseDouble(Float.toString(attribute.getF())))
        .orElse(otherwise);
  }

  /** Returns a text, empty if the node does not have it. */
  public static String text(NodeProto node, String name) {
    return find(node, name).map(found -> found.getS().toStringUtf8()).orElse("");
  }

  /** Returns a list of integers, empty if the node does not have it. */
  public static List<Long> integers(NodeProto node, String name) {
    return find(node, name).map(AttributeProto::getIntsList).orElse(List.of());
  }

  /** Returns the node's input at an index, or nothing if it is left out. */
  public static Optional<String> input(NodeProto node, int index) {
    return index < node.getInputCount() && !node.getInput(index).isEmpty()
        ? Optional.of(node.getInput(index))
        : Optional.empty();
  }

  private static Optional<AttributeProto> find(NodeProto node, String name) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .findFirst();
  }
}
