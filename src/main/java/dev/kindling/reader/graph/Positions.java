package dev.kindling.reader.graph;

import ai.onnx.proto.OnnxMl.NodeProto;

/** What ONNX's operators expect at which input. */
public final class Positions {
  private Positions() {}

  /** Returns whether an operator is one of ONNX's own. */
  public static boolean isStandard(NodeProto node) {
    return node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx");
  }

  /** Returns whether a node reads nothing but trained parameters at this input. */
  public static boolean isTrainable(NodeProto node, int input) {
    return isStandard(node)
        && switch (node.getOpType()) {
          case "Conv", "ConvTranspose", "Gemm" -> input == 1 || input == 2;
          case "BatchNormalization" -> input >= 1 && input <= 4;
          case "LayerNormalization", "InstanceNormalization", "GroupNormalization" ->
              input == 1 || input == 2;
          case "PRelu", "RMSNormalization" -> input == 1;
          case "LSTM", "GRU", "RNN" -> input >= 1 && input <= 3;
          default -> false;
        };
  }

  /**
   * Returns whether a node reads trained parameters at this input in most models, but activations
   * in some.
   */
  public static boolean isOftenTrainable(NodeProto node, int input) {
    return isStandard(node)
        && switch (node.getOpType()) {
          case "MatMul", "Einsum" -> input == 1;
          case "Gather" -> input == 0;
          default -> false;
        };
  }

  /** Returns whether a node adds or joins its inputs, one of which may be learned. */
  public static boolean isJoin(NodeProto node) {
    return isStandard(node)
        && switch (node.getOpType()) {
          case "Add", "Concat", "Expand" -> true;
          default -> false;
        };
  }

  /** Returns whether a node takes its input apart or puts it together with others. */
  public static boolean isCut(NodeProto node) {
    return isStandard(node)
        && switch (node.getOpType()) {
          case "Slice", "Split", "Concat" -> true;
          default -> false;
        };
  }

  /**
   * Returns whether a node hands on its first input's elements as they are, so that a weight may
   * lie behind it.
   */
  public static boolean isPassage(NodeProto node) {
    return isStandard(node)
        && switch (node.getOpType()) {
          case "Identity", "Cast", "Reshape", "Transpose", "Unsqueeze", "Squeeze", "Flatten" ->
              true;
          default -> false;
        };
  }
}
