package dev.kindling.reader.graph;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.reader.graph.GraphIndex.Reading;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Recognises operators that exporters write as several nodes, from one node's neighbours. */
public final class Neighbours {
  /** Between the end of a branch and the Add that joins it. */
  private static final Set<String> PASSED =
      Set.of("Dropout", "Identity", "Transpose", "Reshape", "Cast");

  private final GraphIndex index;

  public Neighbours(GraphIndex index) {
    this.index = index;
  }

  /**
   * Returns the Add that is alone in reading a MatMul's output: a dense layer's bias in all but
   * name.
   */
  public Optional<NodeProto> soleAdd(NodeProto matMul) {
    return soleReader(matMul, "Add");
  }

  /**
   * Returns whether an Add's input is what is added to the output of a MatMul that nothing else
   * reads.
   */
  public boolean isAddedToMatMul(NodeProto add, int input) {
    return is(add, "Add")
        && other(add, input)
            .flatMap(index::producer)
            .filter(node -> is(node, "MatMul") && isFixed(node.getInput(1)))
            .flatMap(this::soleAdd)
            .filter(add::equals)
            .isPresent();
  }

  /** Returns whether a value is a tensor of the graph or one whose elements were moved about. */
  private boolean isFixed(String value) {
    String name = value;
    Optional<NodeProto> node = index.producer(name);
    while (node.isPresent() && Positions.isPassage(node.get())) {
      name = node.get().getInput(0);
      node = index.producer(name);
    }
    return node.isEmpty() || is(node.get(), "Constant");
  }

  /**
   * Returns whether a Mul's input scales what a norm has normalised: layer norm before opset 17,
   * RMS norm, or group norm.
   */
  public boolean isNormScale(NodeProto mul, int input) {
    return is(mul, "Mul") && other(mul, input).filter(this::isNormalised).isPresent();
  }

  /** {@code x / sqrt(v + e)}, {@code x * 1 / sqrt(v + e)} or an instance norm in another shape. */
  private boolean isNormalised(String value) {
    Optional<NodeProto> node = behindMoves(value);
    if (node.isEmpty()) {
      return false;
    }
    return switch (node.get().getOpType()) {
      case "Div" -> Attributes.input(node.get(), 1).filter(this::isDeviation).isPresent();
      case "Mul" -> node.get().getInputList().stream().anyMatch(this::isReciprocalDeviation);
      case "InstanceNormalization" -> true;
      default -> false;
    };
  }

  private boolean isReciprocalDeviation(String value) {
    return behindMoves(value)
        .filter(
            node ->
                (is(node, "Reciprocal") && isDeviation(node.getInput(0)))
                    || (is(node, "Pow") && isSum(node.getInput(0))))
        .isPresent();
  }

  private boolean isDeviation(String value) {
    return behindMoves(value)
        .filter(node -> is(node, "Sqrt") && isSum(node.getInput(0)))
        .isPresent();
  }

  private boolean isSum(String value) {
    return behindMoves(value).filter(node -> is(node, "Add")).isPresent();
  }

  /** Returns the node behind those that change type or shape only. */
  private Optional<NodeProto> behindMoves(String value) {
    Optional<NodeProto> node = index.producer(value).filter(Positions::isStandard);
    while (node.isPresent() && isMove(node.get())) {
      node = index.producer(node.get().getInput(0)).filter(Positions::isStandard);
    }
    return node;
  }

  private static boolean isMove(NodeProto node) {
    return node.getInputCount() > 0
        && (is(node, "Cast") || is(node, "Reshape") || is(node, "Identity"));
  }

  /**
   * Returns whether a Mul's input scales the end of a branch: what it puts out is only added to
   * something, behind nodes that move elements or drop them. A Constant node's value is written
   * into the model's code, not trained.
   */
  public boolean isResidualScale(NodeProto mul, int input) {
    boolean constant =
        Attributes.input(mul, input)
            .flatMap(index::producer)
            .filter(node -> is(node, "Constant"))
            .isPresent();
    if (!is(mul, "Mul") || constant || other(mul, input).flatMap(index::producer).isEmpty()) {
      return false;
    }
    Optional<NodeProto> next = soleReader(mul);
    while (next.isPresent() && PASSED.contains(next.get().getOpType())) {
      next = soleReader(next.get());
    }
    return next.filter(node -> is(node, "Add")).isPresent();
  }

  /** Returns whether an Add's input shifts what a norm has scaled. */
  public boolean isNormShift(NodeProto add, int input) {
    return is(add, "Add")
        && other(add, input)
            .flatMap(index::producer)
            .filter(node -> isNormScale(node, 0) || isNormScale(node, 1))
            .isPresent();
  }

  /** Returns the other input of a node that has two. */
  public static Optional<String> other(NodeProto node, int input) {
    return input < 0 || node.getInputCount() != 2
        ? Optional.empty()
        : Attributes.input(node, 1 - input);
  }

  /** Returns whether a node is of this ONNX operator. */
  public static boolean is(NodeProto node, String operator) {
    return Positions.isStandard(node) && node.getOpType().equals(operator);
  }

  private Optional<NodeProto> soleReader(NodeProto node, String operator) {
    return soleReader(node).filter(reader -> is(reader, operator));
  }

  /** Returns the node that is alone in reading a node's first output. */
  public Optional<NodeProto> soleReader(NodeProto node) {
    if (node.getOutputCount() == 0 || index.isOutput(node.getOutput(0))) {
      return Optional.empty();
    }
    List<Reading> readings = index.readings(node.getOutput(0));
    return readings.size() == 1 ? Optional.of(readings.get(0).node()) : Optional.empty();
  }
}
