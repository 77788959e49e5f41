package dev.kindling.structure;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the number of heads from the shape that queries are given last before they meet keys: its
 * last axis is the width of a head, as a number or as the quotient of the model's width and the
 * number of heads.
 */
final class HeadCount {
  /** Batch and heads together, time, width. */
  private static final int MIN_RANK = 3;

  /** Model's width, heads, width of a head. */
  private static final int SPREAD_RANK = 3;

  private static final long UNKNOWN = -1;

  private final ActivationGraph graph;

  HeadCount(ActivationGraph graph) {
    this.graph = graph;
  }

  /**
   * Returns the number of heads between a layer and the product that its output goes to, or 0.
   *
   * @param queries number of the layer's outputs that are queries
   */
  long between(int layer, int product, long queries) {
    Tensor weight = graph.weight(layer).orElseThrow();
    if (weight.role() == Role.SPREAD_DENSE && weight.shape().rank() == SPREAD_RANK) {
      return weight.shape().dim(1);
    }
    if (weight.fused().size() > 1
        && weight.fused().get(0).fanOut() > weight.fused().get(0).outputs()) {
      return weight.fused().get(0).fanOut() / weight.fused().get(0).outputs();
    }
    Optional<Integer> start = graph.vertex(graph.node(product).orElseThrow().getInput(0));
    Set<Integer> way =
        Search.reached(start.stream().toList(), graph::sources, vertex -> vertex == layer);
    return way.stream()
        .filter(vertex -> graph.operator(vertex).equals("Reshape"))
        .map(vertex -> heads(graph.node(vertex).orElseThrow().getInput(1), queries))
        .filter(heads -> heads > 0)
        .findFirst()
        .orElse(0L);
  }

  private long heads(String shape, long queries) {
    List<Long> numbers = numbers(shape);
    if (numbers.size() < MIN_RANK) {
      return 0;
    }
    long width = numbers.get(numbers.size() - 1);
    if (width > 0) {
      return queries % width == 0 ? queries / width : 0;
    }
    return divisor(shape);
  }

  /** Returns what the last number of a shape is divided by, or 0. */
  private long divisor(String value) {
    Optional<NodeProto> node = graph.producer(value);
    if (node.isEmpty()) {
      return 0;
    }
    return switch (node.get().getOpType()) {
      case "Unsqueeze", "Cast", "Identity", "Reshape" -> divisor(node.get().getInput(0));
      case "Concat" -> divisor(node.get().getInput(node.get().getInputCount() - 1));
      case "Div" -> {
        List<Long> by = numbers(node.get().getInput(1));
        yield by.size() == 1 ? Math.max(0, by.get(0)) : 0;
      }
      default -> 0;
    };
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
