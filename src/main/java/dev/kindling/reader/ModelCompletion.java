package dev.kindling.reader;

import dev.kindling.base.InputException;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Adds to the model of a graph what its exporter dropped, such as batch norms that were folded away
 * or biases that were zero: the tensors that only a list of shapes has, with the roles that their
 * names give them. The list is the module's own state_dict, so a shared name must have one shape.
 */
public final class ModelCompletion {
  private ModelCompletion() {}

  /**
   * Returns the model of the graph with all tensors of the list, and what differs as notes.
   *
   * @param graph a model with a graph
   * @param shapes a model that is a list of shapes
   * @throws InputException if a tensor has another shape there, or no name is in both
   */
  public static Model complete(Model graph, Model shapes) {
    Map<String, Tensor> listed = new LinkedHashMap<>();
    shapes.tensors().forEach(tensor -> listed.put(tensor.name(), tensor));
    requireSameShapes(graph, shapes, listed);
    Set<String> dropped = new LinkedHashSet<>(listed.keySet());
    graph.tensors().forEach(tensor -> remove(tensor, dropped));
    if (dropped.size() == listed.size()) {
      throw new InputException(
          "Cannot complete model '%s' with %s: they have no tensor in common (such as '%s' and '%s')"
              .formatted(
                  graph.name(),
                  shapes.name(),
                  graph.tensors().isEmpty() ? "none" : graph.tensors().get(0).name(),
                  shapes.tensors().get(0).name()));
    }
    List<Tensor> tensors = new ArrayList<>(graph.tensors());
    dropped.forEach(name -> tensors.add(listed.get(name)));
    return graph.withTensors(tensors, notes(graph, shapes, dropped));
  }

  private static void remove(Tensor tensor, Set<String> names) {
    names.remove(tensor.name());
    tensor.aliases().forEach(names::remove);
  }

  private static void requireSameShapes(Model graph, Model shapes, Map<String, Tensor> listed) {
    List<String> problems = new ArrayList<>();
    for (Tensor tensor : graph.tensors()) {
      Tensor other = listed.get(tensor.name());
      if (other != null && !other.shape().equals(tensor.shape())) {
        problems.add(
            "Cannot complete tensor '%s' of %s with %s: the shapes differ (expected %s, found %s)"
                .formatted(
                    tensor.name(), graph.name(), shapes.name(), tensor.shape(), other.shape()));
      }
    }
    if (!problems.isEmpty()) {
      throw new InputException(problems);
    }
  }

  private static List<String> notes(Model graph, Model shapes, Set<String> dropped) {
    List<String> notes = new ArrayList<>(graph.notes());
    List<String> names = shapes.tensors().stream().map(Tensor::name).toList();
    List<String> additional =
        graph.tensors().stream()
            .filter(tensor -> tensor.role() != Role.CONSTANT && !names.contains(tensor.name()))
            .map(Tensor::name)
            .toList();
    if (!dropped.isEmpty()) {
      notes.add(
          "%d tensors are in %s only, their roles are from their names: %s"
              .formatted(dropped.size(), shapes.name(), String.join(", ", dropped)));
    }
    if (!additional.isEmpty()) {
      notes.add(
          "%d tensors are in %s only: %s"
              .formatted(additional.size(), graph.name(), String.join(", ", additional)));
    }
    return notes;
  }
}
