package dev.kindling.forward;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the activation behind a layer: the first value that a curved function makes of the layer's
 * output, element by element. What the graph spells out in several nodes, such as GELU and SiLU, is
 * one activation; a bias, a normalisation in inference form and constant factors may stand around
 * it.
 */
final class ActivationFinder {
  private static final Set<String> CURVED =
      Set.of(
          "Celu",
          "Clip",
          "Elu",
          "Erf",
          "Gelu",
          "HardSigmoid",
          "HardSwish",
          "LeakyRelu",
          "Mish",
          "PRelu",
          "Relu",
          "Selu",
          "Shrink",
          "Sigmoid",
          "Softplus",
          "Softsign",
          "Swish",
          "Tanh",
          "ThresholdedRelu");

  /**
   * Parts of activations, but of normalisations too: alone they are none. Element by element, if
   * all operands but the layer's output are weights or constants.
   */
  private static final Set<String> PARTS =
      Set.of(
          "Abs",
          "Add",
          "BatchNormalization",
          "Div",
          "Exp",
          "Identity",
          "Log",
          "Max",
          "Min",
          "Mul",
          "Neg",
          "Pow",
          "Sqrt",
          "Sub");

  private static final Set<String> FACTORS = Set.of("Mul", "Div");

  private final List<NodeProto> nodes;
  private final Dataflow flow;
  private final GraphTensors tensors;

  ActivationFinder(List<NodeProto> nodes, Dataflow flow, GraphTensors tensors) {
    this.nodes = nodes;
    this.flow = flow;
    this.tensors = tensors;
  }

  /**
   * An activation.
   *
   * @param operator what makes it curved
   * @param nodes all of its nodes, in the order in which they run
   */
  record Found(String operator, List<NodeProto> nodes) {
    Found {
      nodes = List.copyOf(nodes);
    }

    String output() {
      return nodes.get(nodes.size() - 1).getOutput(0);
    }
  }

  /** Returns the activation of a value, if it has one. */
  Optional<Found> behind(String value) {
    List<NodeProto> region = region(value);
    Set<String> straight = new HashSet<>(Set.of(value));
    Set<String> bent = new HashSet<>();
    List<NodeProto> taken = new ArrayList<>();
    String operator = "";
    for (NodeProto node : region) {
      taken.add(node);
      boolean curved = CURVED.contains(node.getOpType());
      operator = curved ? node.getOpType() : operator;
      boolean bends = curved || node.getInputList().stream().anyMatch(bent::contains);
      if (!operator.isEmpty() && isWhole(taken, region, straight, bent)) {
        addFactors(taken, region);
        return Optional.of(new Found(operator, taken));
      }
      (bends ? bent : straight).add(node.getOutput(0));
    }
    return Optional.empty();
  }

  /** Returns the nodes that work element by element on nothing but a value, and what they make. */
  private List<NodeProto> region(String value) {
    Set<String> made = new LinkedHashSet<>(List.of(value));
    List<NodeProto> region = new ArrayList<>();
    for (NodeProto node : nodes) {
      if (isElementwise(node) && readsOnly(node, made)) {
        region.add(node);
        made.add(node.getOutput(0));
      }
    }
    return region;
  }

  private static boolean isElementwise(NodeProto node) {
    return Operators.isStandardDomain(node.getDomain())
        && node.getOutputCount() == 1
        && (CURVED.contains(node.getOpType()) || PARTS.contains(node.getOpType()));
  }

  private boolean readsOnly(NodeProto node, Set<String> made) {
    List<String> byData =
        node.getInputList().stream().filter(in -> !in.isEmpty() && !flow.isFixed(in)).toList();
    return !byData.isEmpty() && made.containsAll(byData);
  }

  /**
   * Returns whether the nodes up to here end in a single value. Their values before that are read
   * by nobody else, but that straight ones, such as the layer's output with its bias, may leave the
   * region, such as past a residual block.
   */
  private boolean isWhole(
      List<NodeProto> taken, List<NodeProto> region, Set<String> straight, Set<String> bent) {
    Set<NodeProto> inside = new HashSet<>(taken);
    return nodes.stream()
        .filter(node -> !inside.contains(node))
        .noneMatch(node -> reads(node, bent) || (region.contains(node) && reads(node, straight)));
  }

  private static boolean reads(NodeProto node, Set<String> values) {
    return NodeReads.of(node).stream().anyMatch(values::contains);
  }

  /** GELU ends with a multiplication by 0.5 where it is spelt out. */
  private void addFactors(List<NodeProto> taken, List<NodeProto> region) {
    boolean more = true;
    while (more) {
      String end = taken.get(taken.size() - 1).getOutput(0);
      List<NodeProto> readers =
          nodes.stream().filter(node -> NodeReads.of(node).contains(end)).toList();
      more =
          readers.size() == 1 && region.contains(readers.get(0)) && isFactor(readers.get(0), end);
      if (more) {
        taken.add(readers.get(0));
      }
    }
  }

  /** Not a learned one: that scales a branch and belongs to no activation. */
  private boolean isFactor(NodeProto node, String value) {
    return FACTORS.contains(node.getOpType())
        && node.getInputList().stream()
            .filter(input -> !input.equals(value))
            .allMatch(
                input ->
                    flow.isFixed(input)
                        && flow.weightsBehind(input).stream().noneMatch(tensors::isDrawn));
  }
}
