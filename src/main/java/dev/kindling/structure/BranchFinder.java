package dev.kindling.structure;

import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.structure.Branch.Kind;
import dev.kindling.structure.Branch.Placement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Finds residual branches. An Add joins a branch and a shortcut if its operands come from one
 * vertex, the last that both depend on, and one of them passes at most one weight on the way and
 * fewer than the other. Sums that an activation, a norm or rotary positions are written with have
 * no weights and do not count.
 */
final class BranchFinder {
  private static final int FIRST = 1;
  private static final int SECOND = 2;

  /** What a norm begins with, whether it is one node or several. */
  private static final Set<String> NORMS =
      Set.of(
          "LayerNormalization",
          "RMSNormalization",
          "SimplifiedLayerNormalization",
          "BatchNormalization",
          "GroupNormalization",
          "InstanceNormalization",
          "ReduceMean",
          "Sub",
          "Pow",
          "Div");

  private static final Set<String> STEPS = Set.of("Gather", "Split");

  private static final Set<String> CARRIERS = Set.of("Identity", "Dropout", "Cast");

  private final ActivationGraph graph;
  private final Set<String> owned = new HashSet<>();

  BranchFinder(ActivationGraph graph) {
    this.graph = graph;
  }

  /**
   * A branch and the vertex that adds it.
   *
   * @param region vertices of the branch
   */
  record Join(int vertex, Set<Integer> region, Branch branch) {}

  /** Returns the branches in execution order. */
  List<Join> find() {
    List<Sum> sums = new ArrayList<>();
    for (int vertex = 0; vertex < graph.size(); vertex++) {
      if (graph.operator(vertex).equals("Add") && graph.sources(vertex).size() == 2) {
        sum(vertex).ifPresent(sums::add);
      }
    }
    // The shortest first, so that a weight belongs to the innermost branch that holds it.
    List<Join> joins = new ArrayList<>();
    sums.stream()
        .sorted(Comparator.comparingInt(sum -> sum.branch.size()))
        .forEach(sum -> join(sum).ifPresent(joins::add));
    joins.sort(Comparator.comparingInt(Join::vertex));
    return joins;
  }

  private Optional<Sum> sum(int add) {
    List<Integer> operands = graph.sources(add);
    Map<Integer, Integer> marks = new HashMap<>();
    PriorityQueue<Integer> open = new PriorityQueue<>(Comparator.reverseOrder());
    mark(operands.get(0), FIRST, marks, open);
    mark(operands.get(1), SECOND, marks, open);
    Set<Integer> first = new LinkedHashSet<>();
    Set<Integer> second = new LinkedHashSet<>();
    while (!open.isEmpty()) {
      int vertex = open.remove();
      int mark = marks.get(vertex);
      if (mark == (FIRST | SECOND)) {
        return sum(add, operands, first, second);
      }
      (mark == FIRST ? first : second).add(vertex);
      graph.sources(vertex).forEach(source -> mark(source, mark, marks, open));
    }
    return Optional.empty();
  }

  private static void mark(
      int vertex, int mark, Map<Integer, Integer> marks, PriorityQueue<Integer> open) {
    if (marks.merge(vertex, mark, (a, b) -> a | b) == mark && !open.contains(vertex)) {
      open.add(vertex);
    }
  }

  private Optional<Sum> sum(
      int add, List<Integer> operands, Set<Integer> first, Set<Integer> second) {
    List<String> ofFirst = weights(first);
    List<String> ofSecond = weights(second);
    int inFirst = ofFirst.size();
    int inSecond = ofSecond.size();
    if (isStep(ofFirst, ofSecond, inFirst < inSecond ? first : second)
        || Math.min(inFirst, inSecond) > 1
        || inFirst == inSecond) {
      return Optional.empty();
    }
    return Optional.of(
        inFirst > inSecond
            ? new Sum(add, operands.get(0), first, second)
            : new Sum(add, operands.get(1), second, first));
  }

  /**
   * Recurrent layers that were unrolled add the product of a state to that of one step's input,
   * which was made for all steps: the way without the state meets its own weights or takes a step.
   */
  private boolean isStep(List<String> one, List<String> other, Set<Integer> shorter) {
    return one.stream().anyMatch(other::contains)
        || shorter.stream().anyMatch(vertex -> STEPS.contains(graph.operator(vertex)));
  }

  private Optional<Join> join(Sum sum) {
    List<String> weights = weights(sum.branch).stream().filter(owned::add).toList();
    if (weights.isEmpty()) {
      return Optional.empty();
    }
    Set<Integer> behind =
        Search.reached(
            List.of(sum.end),
            graph::sources,
            vertex -> graph.weight(vertex).isPresent() || !sum.branch.contains(vertex));
    List<String> ends =
        behind.stream()
            .filter(sum.branch::contains)
            .flatMap(vertex -> graph.weight(vertex).stream())
            .map(Tensor::name)
            .distinct()
            .toList();
    behind.removeIf(v -> graph.weight(v).isPresent() || !sum.branch.contains(v));
    String node = graph.node(sum.add).orElseThrow().getName();
    Branch branch =
        new Branch(
            node,
            kind(sum.branch),
            Side.SINGLE,
            weights,
            weights.size(),
            ends,
            parameters(sum.branch, Role.NORM_SCALE),
            parameters(behind, Role.NORM_SCALE),
            parameters(behind, Role.RESIDUAL_SCALE),
            placement(sum),
            weights(sum.shortcut),
            "the node '%s' adds it to what it came from".formatted(node));
    return Optional.of(new Join(sum.add, sum.branch, branch));
  }

  private Kind kind(Set<Integer> region) {
    boolean convolves =
        region.stream()
            .flatMap(vertex -> graph.weight(vertex).stream())
            .anyMatch(tensor -> tensor.role() == Role.CONV || tensor.role() == Role.DEPTHWISE);
    return convolves ? Kind.CONVOLUTION : Kind.FEED_FORWARD;
  }

  private Placement placement(Sum sum) {
    if (sum.branch.stream().anyMatch(v -> graph.operator(v).equals("BatchNormalization"))) {
      return Placement.BATCH;
    }
    if (!parameters(sum.branch, Role.NORM_SCALE).isEmpty()) {
      return Placement.BEFORE;
    }
    Set<Integer> next =
        Search.nearest(
            graph.readers(sum.add),
            graph::readers,
            vertex -> !CARRIERS.contains(graph.operator(vertex)),
            vertex -> true);
    boolean normed =
        !next.isEmpty() && next.stream().allMatch(v -> NORMS.contains(graph.operator(v)));
    return normed ? Placement.AFTER : Placement.NONE;
  }

  private List<String> weights(Set<Integer> region) {
    return region.stream()
        .sorted()
        .flatMap(vertex -> graph.weight(vertex).stream())
        .map(Tensor::name)
        .distinct()
        .toList();
  }

  private List<String> parameters(Set<Integer> region, Role role) {
    return region.stream()
        .sorted()
        .flatMap(vertex -> graph.parameters(vertex, role).stream())
        .distinct()
        .toList();
  }

  /** An Add, the operand that ends the branch, and the vertices on either way from the fork. */
  private record Sum(int add, int end, Set<Integer> branch, Set<Integer> shortcut) {}
}
