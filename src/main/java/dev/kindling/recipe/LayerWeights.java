package dev.kindling.recipe;

import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.model.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The weight beside each bias: the graph says it, or the names do, {@code fc.weight} of {@code
 * fc.bias}.
 */
final class LayerWeights {
  private static final String BIAS = "bias";

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Map<String, String> weightOfBias = new HashMap<>();

  private LayerWeights() {}

  /** Returns the weights of a model. */
  static LayerWeights of(Model model) {
    LayerWeights weights = new LayerWeights();
    model.tensors().forEach(tensor -> weights.tensors.put(tensor.name(), tensor));
    model.graph().ifPresent(graph -> graph.layers().forEach(weights::add));
    return weights;
  }

  private void add(Layer layer) {
    layer.bias().ifPresent(bias -> weightOfBias.putIfAbsent(bias, layer.weight()));
  }

  /** Returns the weight of rank 2 or more whose layer a bias belongs to, if it is known. */
  Optional<Tensor> beside(Tensor bias) {
    String name = bias.name();
    String named =
        name.endsWith(BIAS) ? name.substring(0, name.length() - BIAS.length()) + "weight" : "";
    return Optional.ofNullable(tensors.get(weightOfBias.getOrDefault(name, named)))
        .filter(weight -> weight.shape().rank() >= 2);
  }
}
