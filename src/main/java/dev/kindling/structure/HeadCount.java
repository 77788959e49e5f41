package dev.kindling.structure;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the number of heads from the shape that queries are given before they meet keys. */
final class HeadCount {
  /** Batch, time, heads, width. */
  private static final int MIN_RANK = 4;

  private static final long UNKNOWN = -1;

  private final ActivationGraph graph;

  HeadCount(ActivationGraph graph) {
    this.graph = graph;
  }

  /** Returns the number of heads between a layer and the product that its output goes to, or 0. */
  long between(int layer, int product) {
    Optional<Integer> start = graph.vertex(graph.node(product).orElseThrow().getInput(0));
    Set<Integer> way =
        Search.reached(start.stream().toList(), graph::sources, vertex -> vertex == layer);
    return way.stream()
        .filter(vertex -> graph.operator(vertex).equals("Reshape"))
        .map(vertex -> numbers(graph.node(vertex).orElseThrow().getInput(1)))
        .filter(shape -> shape.size() >= MIN_RANK && shape.get(shape.size() - 2) > 0)
        .map(shape -> shape.get(shape.size() - 2))
        .findFirst()
        .orElse(0L);
  }

  /** Returns the numbers of a shape, {@link #UNKNOWN} where they are computed. */
  private List<Long> numbers(String value) {
    Optional<TensorProto> constant =
        graph.onnx().getInitializerList().stream()
            .filter(tensor -> tensor.getName().equals(value))
            .findFirst();
    if (constant.isPresent()) {
      return numbers(constant.get());
    }
    Optional<NodeProto> node = graph.producer(value);
    if (node.isEmpty()) {
      return List.of(UNKNOWN);
    }
    return switch (node.get().getOpType()) {
      case "Constant" -> constant(node.get());
      case "Unsqueeze", "Cast", "Identity", "Reshape" -> numbers(node.get().getInput(0));
      case "Concat" -> {
        List<Long> all = new ArrayList<>();
        node.get().getInputList().forEach(input -> all.addAll(numbers(input)));
        yield all;
      }
      default -> List.of(UNKNOWN);
    };
  }

  private static List<Long> constant(NodeProto node) {
    for (AttributeProto attribute : node.getAttributeList()) {
      switch (attribute.getName()) {
        case "value" -> {
          return numbers(attribute.getT());
        }
        case "value_ints" -> {
          return attribute.getIntsList();
        }
        case "value_int" -> {
          return List.of(attribute.getI());
        }
        default -> {}
      }
    }
    return List.of(UNKNOWN);
  }

  private static List<Long> numbers(TensorProto tensor) {
    if (tensor.getDataType() != TensorProto.DataType.INT64_VALUE) {
      return List.of(UNKNOWN);
    }
    if (tensor.getInt64DataCount() > 0) {
      return tensor.getInt64DataList();
    }
    java.nio.LongBuffer values =
        tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
    List<Long> numbers = new ArrayList<>();
    while (values.hasRemaining()) {
      numbers.add(values.get());
    }
    return numbers;
  }
}
