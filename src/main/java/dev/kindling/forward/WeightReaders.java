package dev.kindling.forward;

import dev.kindling.model.Layer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Remembers who has read which weight: one that was read as it is cannot be scaled any more. */
final class WeightReaders {
  private final Dataflow flow;
  private final GraphTensors tensors;
  private final Map<String, String> readers = new HashMap<>();

  WeightReaders(Dataflow flow, GraphTensors tensors) {
    this.flow = flow;
    this.tensors = tensors;
  }

  /**
   * Returns who reads the layer's weight before the layer does, in earlier stages or among the
   * nodes of its own.
   */
  Optional<String> readBefore(Layer layer, int node, BitSet stage) {
    String weight = tensors.recipeName(layer.weight());
    if (readers.containsKey(weight)) {
      return Optional.of(
          "its weight '%s' is read before by %s".formatted(weight, readers.get(weight)));
    }
    return stage.stream()
        .filter(
            other ->
                other != node && !flow.isFixed(other) && flow.weightsOf(other).contains(weight))
        .mapToObj(other -> "its weight '%s' is read before by %s".formatted(weight, reader(other)))
        .findFirst();
  }

  /** Notes what the nodes of a layer's stage read. */
  void add(Layer layer, int node, BitSet stage) {
    readers.putIfAbsent(tensors.recipeName(layer.weight()), "layer '%s'".formatted(layer.name()));
    stage.stream()
        .filter(other -> !flow.isFixed(other))
        .forEach(
            other ->
                flow.weightsOf(other)
                    .forEach(weight -> readers.putIfAbsent(weight, reader(other))));
  }

  private String reader(int node) {
    return "node '%s'".formatted(flow.node(node).getName());
  }
}
