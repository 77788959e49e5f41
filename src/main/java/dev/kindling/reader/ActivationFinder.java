package dev.kindling.reader;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.model.Activation;
import dev.kindling.reader.GraphIndex.Reading;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the activation that directly follows a value. Nodes that move elements about, normalise
 * them or multiply them by one constant do not count as something in between. Where several nodes
 * read the value, those that are no activation do not count either, and two different activations
 * are {@link Activation#OTHER}.
 */
final class ActivationFinder {
  private static final Set<String> PASSED =
      Set.of(
          "Identity",
          "Dropout",
          "BatchNormalization",
          "LayerNormalization",
          "InstanceNormalization",
          "GroupNormalization",
          "Reshape",
          "Flatten",
          "Transpose",
          "Squeeze",
          "Unsqueeze",
          "Cast");

  private static final Set<String> OTHERS =
      Set.of(
          "Sigmoid",
          "HardSigmoid",
          "HardSwish",
          "Swish",
          "LeakyRelu",
          "PRelu",
          "ThresholdedRelu",
          "Elu",
          "Selu",
          "Celu",
          "Gelu",
          "FastGelu",
          "QuickGelu",
          "Erf",
          "Softplus",
          "Softsign",
          "Mish",
          "Clip",
          "Sin",
          "Exp");

  private final GraphIndex index;

  ActivationFinder(GraphIndex index) {
    this.index = index;
  }

  /** Returns what follows a value. */
  Activation after(String value) {
    Set<Activation> found = EnumSet.noneOf(Activation.class);
    Deque<String> open = new ArrayDeque<>(List.of(value));
    while (!open.isEmpty()) {
      for (Reading reading : index.readings(open.pop())) {
        if (isPassed(reading)) {
          open.add(reading.node().getOutput(0));
        } else {
          found.add(activation(reading.node()));
        }
      }
    }
    found.remove(Activation.NONE);
    return switch (found.size()) {
      case 0 -> Activation.NONE;
      case 1 -> found.iterator().next();
      default -> Activation.OTHER;
    };
  }

  private static Activation activation(NodeProto node) {
    return switch (node.getOpType()) {
      case "Relu" -> Activation.RELU;
      case "Tanh" -> Activation.TANH;
      default -> OTHERS.contains(node.getOpType()) ? Activation.OTHER : Activation.NONE;
    };
  }

  private boolean isPassed(Reading reading) {
    NodeProto node = reading.node();
    return node.getOutputCount() > 0
        && ((PASSED.contains(node.getOpType()) && reading.input() == 0) || isScaling(reading));
  }

  /** Exported GELUs divide by the root of two first. */
  private boolean isScaling(Reading reading) {
    return (Neighbours.is(reading.node(), "Mul") || Neighbours.is(reading.node(), "Div"))
        && Neighbours.other(reading.node(), reading.input())
            .filter(this::isSingleConstant)
            .isPresent();
  }

  private boolean isSingleConstant(String value) {
    return Optional.ofNullable(index.initialisers().get(value))
        .or(() -> index.producer(value).flatMap(OnnxValues::constant))
        .filter(tensor -> tensor.getDimsList().stream().allMatch(dim -> dim == 1))
        .isPresent();
  }
}
