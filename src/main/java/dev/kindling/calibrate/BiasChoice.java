package dev.kindling.calibrate;

import dev.kindling.forward.Stage;
import dev.kindling.forward.StagePlan;
import dev.kindling.model.Layer;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import java.util.Optional;

/**
 * Whether a layer's bias may be shifted.
 *
 * @param factor what the layer multiplies its bias with
 * @param refusal why not, empty if it may
 */
record BiasChoice(double factor, String refusal) {
  /** Returns whether the bias of a stage's layer may be shifted, by one number or by several. */
  static BiasChoice of(Stage stage, StagePlan plan, Recipe recipe, ChannelGroups groups) {
    if (stage.bias().isEmpty() || stage.layer().bias().isEmpty()) {
      return refused("it has no bias that could be shifted");
    }
    String name = stage.layer().bias().get();
    Optional<RecipeEntry> entry =
        recipe.entries().stream()
            .filter(other -> other.tensor().equals(name) || other.aliases().contains(name))
            .findFirst();
    if (entry.isEmpty() || entry.get().isKept()) {
      return refused("its bias '%s' is kept as the model has it".formatted(name));
    }
    if (readers(entry.get(), plan) > 1) {
      return refused("its bias '%s' belongs to another layer too".formatted(name));
    }
    if (!groups.areOne() && entry.get().shape().elementCount() == 1) {
      return refused("its bias '%s' is one number for all channels".formatted(name));
    }
    return new BiasChoice(stage.bias().get().factor(), "");
  }

  private static BiasChoice refused(String reason) {
    return new BiasChoice(1, reason);
  }

  private static long readers(RecipeEntry entry, StagePlan plan) {
    return plan.stages().stream()
        .map(Stage::layer)
        .map(Layer::bias)
        .flatMap(Optional::stream)
        .filter(name -> entry.tensor().equals(name) || entry.aliases().contains(name))
        .count();
  }
}
