package dev.kindling.cli;

import dev.kindling.model.Layer;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.recipe.Rule;
import java.util.Optional;

/**
 * Layers that are to be calibrated.
 *
 * @param match glob on the layer's name or its weight's, absent for any
 * @param role role of the weight, absent for any
 */
record LayerChoice(Optional<String> match, Optional<Role> role) {
  /** Returns whether a layer with this weight is meant. */
  boolean includes(Layer layer, Tensor weight) {
    boolean named = match.isEmpty() || matches(layer.name()) || matches(weight.name());
    return named && role.map(wanted -> wanted == weight.role()).orElse(true);
  }

  private boolean matches(String name) {
    return Rule.matches(match.orElseThrow(), name);
  }
}
