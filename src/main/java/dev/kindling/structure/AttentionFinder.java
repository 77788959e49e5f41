package dev.kindling.structure;

import dev.kindling.model.Tensor;
import dev.kindling.structure.AttentionGroup.Memory;
import dev.kindling.structure.AttentionGroup.Projection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds attention: a Softmax over the product of two activations, the queries and the keys, which
 * is multiplied with a third, the values. The weights behind the three and the one before the next
 * are the group's.
 */
final class AttentionFinder {
  /** What lies between scores and Softmax, and between it and the mixing product. */
  private static final Set<String> POINTWISE =
      Set.of(
          "Add",
          "Sub",
          "Mul",
          "Div",
          "Where",
          "Cast",
          "Identity",
          "Dropout",
          "Reshape",
          "Clip",
          "Max",
          "Softmax",
          "IsNaN",
          "Squeeze",
          "Unsqueeze",
          "Trilu",
          "Tanh");

  private static final Set<String> SHAPING =
      Set.of(
          "Transpose",
          "Reshape",
          "Cast",
          "Identity",
          "Dropout",
          "Squeeze",
          "Unsqueeze",
          "Flatten",
          "Slice",
          "Concat",
          "Mul",
          "Add");

  private final ActivationGraph graph;
  private final HeadCount headCount;

  AttentionFinder(ActivationGraph graph) {
    this.graph = graph;
    this.headCount = new HeadCount(graph);
  }

  /**
   * A group and the vertices that show it.
   *
   * @param scores the product of queries and keys
   * @param memory vertex that keys and values are made of, if it is not what the queries are
   */
  record Found(int scores, Optional<Integer> memory, AttentionGroup group) {}

  /** Returns the groups in execution order. */
  List<Found> find() {
    List<Found> groups = new ArrayList<>();
    for (int vertex = 0; vertex < graph.size(); vertex++) {
      if (graph.operator(vertex).equals("Softmax")) {
        group(vertex).ifPresent(groups::add);
      }
    }
    return groups;
  }

  private Optional<Found> group(int softmax) {
    Optional<Integer> scores = only(products(graph.sources(softmax), Direction.BACK));
    Optional<Integer> mixing = only(products(graph.readers(softmax), Direction.FORWARD));
    if (scores.isEmpty() || mixing.isEmpty() || scores.get() >= softmax) {
      return Optional.empty();
    }
    Optional<Integer> values =
        graph.sources(mixing.get()).stream()
            .filter(source -> !isBehind(source, softmax))
            .findFirst();
    List<Integer> query = weightsBehind(operand(scores.get(), 0));
    List<Integer> key = weightsBehind(operand(scores.get(), 1));
    List<Integer> value = values.map(v -> weightsBehind(Optional.of(v))).orElse(List.of());
    if (query.size() != 1 || key.size() != 1 || value.size() != 1) {
      return Optional.empty();
    }
    return Optional.of(found(scores.get(), mixing.get(), query.get(0), key.get(0), value.get(0)));
  }

  private Found found(int scores, int mixing, int query, int key, int value) {
    List<String> names = List.of(name(query), name(key), name(value));
    Optional<String> out =
        only(Search.nearest(
                graph.readers(mixing),
                graph::readers,
                vertex -> graph.weight(vertex).isPresent(),
                vertex -> SHAPING.contains(graph.operator(vertex))))
            .map(this::name);
    boolean own = origin(query).equals(origin(key));
    String node = graph.node(scores).orElseThrow().getName();
    AttentionGroup group =
        new AttentionGroup(
            node,
            projection(names, 0),
            projection(names, 1),
            projection(names, 2),
            out,
            headCount.between(query, scores, projection(names, 0).outputs(weight(query))),
            own ? Memory.OWN : Memory.OTHER,
            "a softmax over the product '%s'".formatted(node));
    return new Found(scores, own ? Optional.empty() : origin(key), group);
  }

  /** Matrices of one tensor stand there in the order of queries, keys and values. */
  private static Projection projection(List<String> names, int index) {
    String tensor = names.get(index);
    int parts = (int) names.stream().filter(tensor::equals).count();
    int part = (int) names.subList(0, index).stream().filter(tensor::equals).count();
    return new Projection(tensor, part, parts);
  }

  private Set<Integer> products(List<Integer> starts, Direction direction) {
    return Search.nearest(
        starts,
        direction == Direction.BACK ? graph::sources : graph::readers,
        this::isProduct,
        vertex -> POINTWISE.contains(graph.operator(vertex)));
  }

  private boolean isProduct(int vertex) {
    String operator = graph.operator(vertex);
    return (operator.equals("MatMul") || operator.equals("Einsum"))
        && graph.weight(vertex).isEmpty()
        && graph.node(vertex).orElseThrow().getInputCount() == 2;
  }

  /** Returns whether a way of pointwise operators leads back to a vertex. */
  private boolean isBehind(int vertex, int origin) {
    return !Search.nearest(
            List.of(vertex),
            graph::sources,
            v -> v == origin,
            v -> POINTWISE.contains(graph.operator(v)))
        .isEmpty();
  }

  private Optional<Integer> operand(int product, int input) {
    return graph.vertex(graph.node(product).orElseThrow().getInput(input));
  }

  private List<Integer> weightsBehind(Optional<Integer> vertex) {
    return vertex
        .map(
            start ->
                Search.nearest(
                    List.of(start), graph::sources, v -> graph.weight(v).isPresent(), v -> true))
        .map(List::copyOf)
        .orElse(List.of());
  }

  /** Returns what a layer reads, before it was brought into shape. */
  private Optional<Integer> origin(int layer) {
    return only(
        Search.nearest(
            graph.sources(layer),
            graph::sources,
            v -> !SHAPING.contains(graph.operator(v)) || graph.sources(v).size() != 1,
            v -> true));
  }

  private Tensor weight(int layer) {
    return graph.weight(layer).orElseThrow();
  }

  private String name(int layer) {
    return graph.weight(layer).map(Tensor::name).orElseThrow();
  }

  private static Optional<Integer> only(Set<Integer> found) {
    return found.size() == 1 ? Optional.of(found.iterator().next()) : Optional.empty();
  }

  private enum Direction {
    BACK,
    FORWARD
  }
}
