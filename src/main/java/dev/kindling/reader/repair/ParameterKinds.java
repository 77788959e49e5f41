package dev.kindling.reader.repair;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.reader.graph.GraphIndex;
import dev.kindling.reader.graph.Neighbours;
import dev.kindling.reader.graph.Positions;
import java.util.Optional;

/** What PyTorch's modules call the parameter that a node reads at some input. */
final class ParameterKinds {
  static final String WEIGHT = "weight";
  static final String BIAS = "bias";

  private final Neighbours neighbours;

  ParameterKinds(GraphIndex index) {
    neighbours = new Neighbours(index);
  }

  /** Returns {@code weight}, {@code bias} and the like, or nothing where the node does not tell. */
  Optional<String> of(NodeProto node, int input) {
    if (!Positions.isStandard(node)) {
      return Optional.empty();
    }
    return switch (node.getOpType()) {
      case "Conv", "ConvTranspose", "Gemm", "LayerNormalization", "GroupNormalization" ->
          inOrder(input, WEIGHT, BIAS);
      case "BatchNormalization" -> inOrder(input, WEIGHT, BIAS, "running_mean", "running_var");
      case "MatMul", "PRelu", "RMSNormalization" -> inOrder(input, WEIGHT);
      case "Gather" -> input == 0 ? Optional.of(WEIGHT) : Optional.empty();
      case "Mul" -> neighbours.isNormScale(node, input) ? Optional.of(WEIGHT) : Optional.empty();
      case "Add" ->
          neighbours.isAddedToMatMul(node, input) || neighbours.isNormShift(node, input)
              ? Optional.of(BIAS)
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** The names of the inputs from the second on. */
  private static Optional<String> inOrder(int input, String... kinds) {
    return input >= 1 && input <= kinds.length ? Optional.of(kinds[input - 1]) : Optional.empty();
  }
}
