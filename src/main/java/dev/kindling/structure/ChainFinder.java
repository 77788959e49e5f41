package dev.kindling.structure;

import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds dense and conv layers that follow each other with one ReLU between them and otherwise only
 * what is linear and keeps channels apart, each read by the next alone.
 */
final class ChainFinder {
  private static final Set<String> LINEAR =
      Set.of(
          "Identity",
          "Dropout",
          "Flatten",
          "Reshape",
          "Squeeze",
          "Unsqueeze",
          "AveragePool",
          "GlobalAveragePool");

  private final ActivationGraph graph;

  ChainFinder(ActivationGraph graph) {
    this.graph = graph;
  }

  /** Returns the chains of two layers or more. */
  List<List<String>> find() {
    Map<Integer, Integer> next = new LinkedHashMap<>();
    for (int vertex = 0; vertex < graph.size(); vertex++) {
      int layer = vertex;
      if (isPlain(layer)) {
        follower(layer).filter(this::isPlain).ifPresent(found -> next.put(layer, found));
      }
    }
    Set<Integer> followers = new HashSet<>(next.values());
    List<List<String>> chains = new ArrayList<>();
    next.keySet().stream()
        .filter(layer -> !followers.contains(layer))
        .forEach(first -> chains.add(chain(first, next)));
    return chains;
  }

  private List<String> chain(int first, Map<Integer, Integer> next) {
    List<String> chain = new ArrayList<>();
    for (Integer layer = first; layer != null; layer = next.get(layer)) {
      chain.add(graph.weight(layer).map(Tensor::name).orElseThrow());
    }
    return chain;
  }

  private boolean isPlain(int vertex) {
    return graph
        .weight(vertex)
        .filter(
            tensor ->
                tensor.role() == Role.DENSE || (tensor.role() == Role.CONV && tensor.groups() == 1))
        .isPresent();
  }

  private Optional<Integer> follower(int layer) {
    boolean rectified = false;
    int vertex = layer;
    while (graph.readers(vertex).size() == 1 && !graph.isOutput(vertex)) {
      vertex = graph.readers(vertex).get(0);
      String operator = graph.operator(vertex);
      if (graph.weight(vertex).isPresent()) {
        return rectified ? Optional.of(vertex) : Optional.empty();
      }
      if (operator.equals("Relu") && !rectified) {
        rectified = true;
      } else if (!LINEAR.contains(operator) && !isBias(vertex, rectified)) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private boolean isBias(int vertex, boolean rectified) {
    return !rectified
        && graph.operator(vertex).equals("Add")
        && !graph.parameters(vertex, Role.BIAS).isEmpty();
  }
}
