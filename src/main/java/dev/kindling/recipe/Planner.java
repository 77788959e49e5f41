package dev.kindling.recipe;

import dev.kindling.base.ConfigurationException;
import dev.kindling.model.Fans;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Schemes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Turns a model and the user's settings into a recipe. The first of these that covers a tensor
 * gives its scheme: the rules, the default for weights, the recommendation for its role; a float
 * tensor that none covers keeps the model's values.
 */
public final class Planner {
  private final InitSettings settings;
  private final Set<String> calibratedWeights;
  private final List<String> problems = new ArrayList<>();

  private Planner(InitSettings settings, Set<String> calibratedWeights) {
    this.settings = settings;
    this.calibratedWeights = calibratedWeights;
  }

  /**
   * Returns the recipe of a model.
   *
   * @param model the model
   * @param settings rules, default and seed
   * @param calibratedWeights weights that LSUV will scale: orthonormal unless the user states
   *     something else
   * @throws ConfigurationException with all tensors that cannot get values
   */
  public static Plan plan(Model model, InitSettings settings, Set<String> calibratedWeights) {
    return new Planner(settings, Set.copyOf(calibratedWeights)).plan(model);
  }

  private Plan plan(Model model) {
    List<RecipeEntry> entries = new ArrayList<>();
    for (Tensor tensor : model.tensors()) {
      try {
        entries.add(entry(tensor));
      } catch (IllegalArgumentException e) {
        problems.add(
            "Cannot initialise tensor '%s' of %s: %s"
                .formatted(tensor.name(), model.name(), e.getMessage()));
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new Plan(new Recipe(Recipe.FORMAT_VERSION, settings.seed(), entries), notes(model));
  }

  private List<String> notes(Model model) {
    List<String> notes = new ArrayList<>();
    for (int i = 0; i < settings.rules().size(); i++) {
      Rule rule = settings.rules().get(i);
      if (model.tensors().stream()
          .noneMatch(tensor -> tensor.type().isFloat() && rule.matches(tensor))) {
        notes.add(
            "init.rules[%d] (%s) matches no float tensor of the model"
                .formatted(i, rule.condition()));
      }
    }
    return notes;
  }

  private RecipeEntry entry(Tensor tensor) {
    Optional<Choice> choice = tensor.type().isFloat() ? choose(tensor) : Optional.empty();
    Source source =
        choice.map(chosen -> drawn(tensor, chosen.scheme())).orElseGet(() -> kept(tensor));
    return new RecipeEntry(
        tensor.name(),
        tensor.shape(),
        tensor.type(),
        tensor.role(),
        tensor.layout(),
        tensor.aliases(),
        choice.map(Choice::why).orElse("kept from the model"),
        source);
  }

  private Optional<Choice> choose(Tensor tensor) {
    for (int i = 0; i < settings.rules().size(); i++) {
      Rule rule = settings.rules().get(i);
      if (rule.matches(tensor)) {
        return Optional.of(new Choice(rule.scheme(), "init.rules[" + i + "]: " + rule.condition()));
      }
    }
    if (tensor.role().isWeight() && settings.fallback().isPresent()) {
      return Optional.of(new Choice(settings.fallback().get(), "init.default"));
    }
    return Recommendation.of(tensor, calibratedWeights.contains(tensor.name()));
  }

  private static Source kept(Tensor tensor) {
    return tensor
        .values()
        .<Source>map(Source.External::new)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no scheme covers role %s and the model has no values for it; add a rule to init.rules"
                        .formatted(tensor.role().label())));
  }

  private static Source drawn(Tensor tensor, Scheme scheme) {
    Shape shape = tensor.shape();
    if (scheme.needsMatrix() && shape.rank() < 2) {
      throw new IllegalArgumentException(
          "%s needs rank 2 or more, the shape is %s; use a scheme such as zeros or normal"
              .formatted(Schemes.name(scheme), shape));
    }
    Fans fans = shape.rank() < 2 ? Fans.NONE : Fans.of(tensor);
    long rows = shape.rank() == 0 ? 1 : shape.dim(0);
    if (scheme.needsMatrix() && rows % tensor.groups() != 0) {
      throw new IllegalArgumentException(
          "%d rows do not divide into %d groups".formatted(rows, tensor.groups()));
    }
    return new Source.Drawn(List.of(Block.whole(rows, tensor.groups(), scheme, fans)));
  }

  /** A scheme and, in words, why it was chosen. */
  record Choice(Scheme scheme, String why) {}
}
