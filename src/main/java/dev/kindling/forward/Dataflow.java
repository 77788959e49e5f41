package dev.kindling.forward;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.base.InputException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which node makes and reads which tensor. A tensor or node is <em>fixed</em> if it depends on no
 * data, only on weights and constants: such nodes belong to whichever stage reads them, so that no
 * weight ever travels with the frontier.
 */
final class Dataflow {
  private final String model;
  private final List<NodeProto> nodes;
  private final GraphTensors tensors;
  private final List<Set<String>> reads = new ArrayList<>();
  private final Map<String, Integer> maker = new HashMap<>();
  private final BitSet fixed = new BitSet();

  Dataflow(String model, List<NodeProto> nodes, GraphTensors tensors) {
    this.model = model;
    this.nodes = List.copyOf(nodes);
    this.tensors = tensors;
    for (int i = 0; i < nodes.size(); i++) {
      NodeProto node = nodes.get(i);
      Set<String> names = NodeReads.of(node);
      reads.add(names);
      fixed.set(i, !Operators.isRandom(node) && names.stream().allMatch(this::isFixed));
      for (String output : node.getOutputList()) {
        if (!output.isEmpty()) {
          maker.put(output, i);
        }
      }
    }
  }

  NodeProto node(int index) {
    return nodes.get(index);
  }

  /** Returns the node that makes a tensor. */
  Optional<NodeProto> maker(String tensor) {
    return Optional.ofNullable(maker.get(tensor)).map(nodes::get);
  }

  Set<String> reads(int node) {
    return reads.get(node);
  }

  boolean isFixed(int node) {
    return fixed.get(node);
  }

  boolean isFixed(String tensor) {
    Integer node = maker.get(tensor);
    return node == null ? tensors.isFixed(tensor) : fixed.get(node);
  }

  /**
   * Returns the nodes that must have run for {@code goal} to be there, fixed ones included, as far
   * as not in {@code done}.
   */
  BitSet needed(Collection<String> goal, BitSet done) {
    BitSet needed = new BitSet();
    Deque<String> open = new ArrayDeque<>(goal);
    while (!open.isEmpty()) {
      Integer node = maker.get(open.pop());
      if (node != null && !needed.get(node) && !done.get(node)) {
        needed.set(node);
        checkRunnable(node);
        open.addAll(reads.get(node));
      }
    }
    return needed;
  }

  /**
   * Returns the weights and constants whose values reach a tensor through fixed nodes, weights by
   * their name in the recipe.
   */
  Set<String> weightsBehind(String tensor) {
    Set<String> weights = new LinkedHashSet<>();
    Set<String> seen = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(tensor));
    while (!open.isEmpty()) {
      String name = open.pop();
      if (!seen.add(name) || !isFixed(name)) {
        continue;
      }
      Integer node = maker.get(name);
      if (node == null) {
        weights.add(tensors.recipeName(name));
      } else if (!Operators.readsSizeOnly(nodes.get(node))) {
        open.addAll(reads.get(node));
      }
    }
    return weights;
  }

  /** Returns the weights and constants whose values a node reads. */
  Set<String> weightsOf(int node) {
    Set<String> weights = new LinkedHashSet<>();
    if (!Operators.readsSizeOnly(nodes.get(node))) {
      reads.get(node).forEach(name -> weights.addAll(weightsBehind(name)));
    }
    return weights;
  }

  private void checkRunnable(int node) {
    String name = nodes.get(node).getName();
    if (Operators.isRandom(nodes.get(node))) {
      throw new InputException(
          "Cannot run node '%s' of %s: %s draws random numbers, which differ from run to run"
              .formatted(name, model, nodes.get(node).getOpType()));
    }
    for (String input : reads.get(node)) {
      Integer source = maker.get(input);
      boolean there =
          source == null
              ? tensors.isFixed(input) || tensors.data().containsKey(input)
              : source < node;
      if (!there) {
        throw new InputException(
            "Cannot run node '%s' of %s: its input '%s' is not a graph input, an initialiser or the output of an earlier node"
                .formatted(name, model, input));
      }
    }
  }
}
