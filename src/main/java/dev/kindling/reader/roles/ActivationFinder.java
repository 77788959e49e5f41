package dev.kindling.reader.roles;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.kindling.model.Activation;
import dev.kindling.model.Activation.Kind;
import dev.kindling.reader.file.ModelFile;
import dev.kindling.reader.graph.Attributes;
import dev.kindling.reader.graph.GraphIndex;
import dev.kindling.reader.graph.GraphIndex.Reading;
import dev.kindling.reader.graph.Neighbours;
import dev.kindling.reader.graph.OnnxValues;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
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

  /** ONNX's default. */
  private static final double LEAKY_SLOPE = 0.01;

  /** What PyTorch starts with, and nearly everybody keeps. */
  private static final double PRELU_SLOPE = 0.25;

  private static final Set<String> OTHERS =
      Set.of("HardSigmoid", "ThresholdedRelu", "Celu", "Softsign", "Sin", "Exp");

  private static final List<String> TO_TANH = List.of("Mul", "Add", "Mul", "Tanh");

  private final GraphIndex index;
  private final ModelFile file;

  ActivationFinder(GraphIndex index, ModelFile file) {
    this.index = index;
    this.file = file;
  }

  /** Returns what follows a value. */
  Activation after(String value) {
    Set<Activation> found = new HashSet<>();
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

  private Activation activation(NodeProto node) {
    return switch (node.getOpType()) {
      case "Relu" -> Activation.RELU;
      case "Tanh" -> Activation.TANH;
      case "LeakyRelu" -> Activation.leakyRelu(Attributes.number(node, "alpha", LEAKY_SLOPE));
      case "PRelu" -> Activation.leakyRelu(PRELU_SLOPE);
      case "Selu" -> Activation.of(Kind.SELU);
      case "Elu" -> Activation.of(Kind.ELU);
      // Exported GELUs apply the error function and multiply.
      case "Gelu", "FastGelu", "QuickGelu", "Erf" -> Activation.of(Kind.GELU);
      case "Swish" -> Activation.of(Kind.SILU);
      case "Mish" -> Activation.of(Kind.MISH);
      case "HardSwish" -> Activation.of(Kind.HARD_SWISH);
      case "Sigmoid" -> sigmoid(node);
      case "Clip" -> isCutAtZero(node) ? Activation.RELU : Activation.OTHER;
      case "Pow" -> leadsToTanh(node) ? Activation.of(Kind.GELU) : Activation.NONE;
      case "Softplus" -> feeds(node, "Tanh") ? Activation.of(Kind.MISH) : Activation.OTHER;
      default -> OTHERS.contains(node.getOpType()) ? Activation.OTHER : Activation.NONE;
    };
  }

  /** ReLU6 and the like: what they cut off above is rarely reached at the start. */
  private boolean isCutAtZero(NodeProto node) {
    return Attributes.input(node, 1)
        .flatMap(this::number)
        .map(least -> least == 0)
        .orElseGet(() -> Attributes.number(node, "min", Double.NEGATIVE_INFINITY) == 0);
  }

  private Optional<Double> number(String value) {
    return constant(value)
        .filter(tensor -> tensor.getDataType() == TensorProto.DataType.FLOAT_VALUE)
        .flatMap(tensor -> OnnxValues.values(tensor, value, file))
        .filter(bytes -> bytes.remaining() == Float.BYTES)
        .map(bytes -> (double) bytes.getFloat(bytes.position()));
  }

  /** GELU by tanh is {@code x (1 + tanh(c (x + 0.044715 x^3))) / 2}. */
  private boolean leadsToTanh(NodeProto pow) {
    NodeProto node = pow;
    for (String operator : TO_TANH) {
      List<Reading> readings = index.readings(node.getOutput(0));
      if (readings.size() != 1 || !Neighbours.is(readings.get(0).node(), operator)) {
        return false;
      }
      node = readings.get(0).node();
    }
    return true;
  }

  /** SiLU is x sigmoid(x); other factors are gated, and outputs are probabilities. */
  private Activation sigmoid(NodeProto node) {
    boolean gatesItself =
        node.getOutputList().stream()
            .flatMap(output -> index.readings(output).stream())
            .anyMatch(
                reading ->
                    Neighbours.is(reading.node(), "Mul")
                        && Neighbours.other(reading.node(), reading.input())
                            .filter(node.getInputList()::contains)
                            .isPresent());
    if (gatesItself) {
      return Activation.of(Kind.SILU);
    }
    return node.getOutputList().stream().anyMatch(index::isOutput) || feeds(node, "Mul")
        ? Activation.OTHER
        : Activation.of(Kind.SIGMOID);
  }

  private boolean feeds(NodeProto node, String operator) {
    return node.getOutputList().stream()
        .flatMap(output -> index.readings(output).stream())
        .anyMatch(reading -> Neighbours.is(reading.node(), operator));
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
    return constant(value)
        .filter(tensor -> tensor.getDimsList().stream().allMatch(dim -> dim == 1))
        .isPresent();
  }

  private Optional<TensorProto> constant(String value) {
    return Optional.ofNullable(index.initialisers().get(value))
        .or(() -> index.producer(value).flatMap(OnnxValues::constant));
  }
}
