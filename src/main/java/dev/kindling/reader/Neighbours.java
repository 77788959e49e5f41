package dev.kindling.reader;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.reader.GraphIndex.Reading;
import java.util.List;
import java.util.Optional;

/** Recognises operators that exporters write as several nodes, from one node's neighbours. */
final class Neighbours {
  private final GraphIndex index;

  Neighbours(GraphIndex index) {
    this.index = index;
  }

  /**
   * Returns the Add that is alone in reading a MatMul's output: a dense layer's bias in all but
   * name.
   */
  Optional<NodeProto> soleAdd(NodeProto matMul) {
    return soleReader(matMul, "Add");
  }

  /**
   * Returns whether an Add's input is what is added to the output of a MatMul that nothing else
   * reads.
   */
  boolean isAddedToMatMul(NodeProto add, int input) {
    return is(add, "Add")
        && other(add, input)
            .flatMap(index::producer)
            .filter(node -> is(node, "MatMul"))
            .flatMap(this::soleAdd)
            .filter(add::equals)
            .isPresent();
  }

  /**
   * Returns whether a Mul's input scales {@code (x - mean) / sqrt(variance + epsilon)}, a layer
   * norm before opset 17.
   */
  boolean isNormScale(NodeProto mul, int input) {
    return is(mul, "Mul")
        && other(mul, input)
            .flatMap(index::producer)
            .filter(node -> is(node, "Div"))
            .flatMap(div -> Attributes.input(div, 1))
            .flatMap(index::producer)
            .filter(node -> is(node, "Sqrt"))
            .flatMap(sqrt -> Attributes.input(sqrt, 0))
            .flatMap(index::producer)
            .filter(node -> is(node, "Add"))
            .isPresent();
  }

  /** Returns whether an Add's input shifts what a norm has scaled. */
  boolean isNormShift(NodeProto add, int input) {
    return is(add, "Add")
        && other(add, input)
            .flatMap(index::producer)
            .filter(node -> isNormScale(node, 0) || isNormScale(node, 1))
            .isPresent();
  }

  /** Returns the other input of a node that has two. */
  static Optional<String> other(NodeProto node, int input) {
    return input < 0 || node.getInputCount() != 2
        ? Optional.empty()
        : Attributes.input(node, 1 - input);
  }

  /** Returns whether a node is of this ONNX operator. */
  static boolean is(NodeProto node, String operator) {
    return Positions.isStandard(node) && node.getOpType().equals(operator);
  }

  private Optional<NodeProto> soleReader(NodeProto node, String operator) {
    if (node.getOutputCount() != 1 || index.isOutput(node.getOutput(0))) {
      return Optional.empty();
    }
    List<Reading> readings = index.readings(node.getOutput(0));
    return readings.size() == 1 && is(readings.get(0).node(), operator)
        ? Optional.of(readings.get(0).node())
        : Optional.empty();
  }
}
