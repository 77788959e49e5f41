package dev.kindling.recipe;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.InputException;
import dev.kindling.expand.Grown;
import dev.kindling.model.ExternalValues;
import dev.kindling.model.Fans;
import dev.kindling.model.FusedPart;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.preset.BranchEnds;
import dev.kindling.preset.Given;
import dev.kindling.preset.Preset;
import dev.kindling.preset.Presets;
import dev.kindling.scheme.Convention;
import dev.kindling.scheme.Draw;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Schemes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns a model and the user's settings into a recipe. The first of these that covers a tensor
 * gives its scheme: the rules, the presets, the default for weights, the recommendation for its
 * role; a float tensor that none covers keeps the model's values.
 */
public final class Planner {
  /** No normal draw lies as many standard deviations from its mean. */
  private static final float FARTHEST_DRAW = 8;

  private final InitSettings settings;
  private final LayerWeights weights;
  private final Set<String> calibratedWeights;
  private final KeepRules keeping;
  private final List<String> problems = new ArrayList<>();
  private Map<String, Given> given = Map.of();
  private Map<String, Grown> grown = Map.of();

  private Planner(
      InitSettings settings,
      LayerWeights weights,
      Set<String> calibratedWeights,
      KeepRules keeping) {
    this.settings = settings;
    this.weights = weights;
    this.calibratedWeights = calibratedWeights;
    this.keeping = keeping;
  }

  /**
   * Returns the recipe of a model.
   *
   * @param model the model
   * @param settings rules, default and seed
   * @param calibratedWeights weights that LSUV will scale: orthonormal unless the user states
   *     something else
   * @throws ConfigurationException with all tensors that cannot get values
   * @throws InputException with all that must keep values of a file that is not there
   */
  public static Plan plan(Model model, InitSettings settings, Set<String> calibratedWeights) {
    return plan(model, settings, calibratedWeights, SourceCatalog.NONE);
  }

  /**
   * Returns the recipe of a model some of whose values are kept from other checkpoints. Those of
   * which {@code catalog} does not know the digest have none yet.
   *
   * @param catalog knows those checkpoints
   * @throws InputException also with all tensors of theirs that are missing, of another shape, or
   *     without a place in the model
   */
  public static Plan plan(
      Model model, InitSettings settings, Set<String> calibratedWeights, SourceCatalog catalog) {
    KeepRules keeping = new KeepRules(model, settings.rules(), catalog);
    return new Planner(settings, LayerWeights.of(model), Set.copyOf(calibratedWeights), keeping)
        .plan(model);
  }

  private Plan plan(Model model) {
    Preset.Outcome presets = presets(model);
    given = presets.given();
    grown = keeping.grown(settings, tensor -> rule(tensor).isPresent());
    requireValues(model);
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
    keeping.finish();
    problems.addAll(ComplexParts.problems(entries, model.name()));
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    List<String> notes = notes(model, entries);
    notes.addAll(presets.notes());
    List<String> names = settings.presets().stream().map(Preset::name).toList();
    return new Plan(new Recipe(Recipe.FORMAT_VERSION, settings.seed(), names, entries), notes);
  }

  /** A tensor that no scheme covers keeps values, which have to be there. */
  private void requireValues(Model model) {
    List<String> missing =
        model.tensors().stream()
            .filter(tensor -> model.absent().containsKey(tensor.name()))
            .filter(tensor -> !tensor.type().isFloat() || !isCovered(tensor))
            .map(
                tensor ->
                    "Cannot keep tensor '%s' of %s: its values are in '%s', which is not there"
                        .formatted(tensor.name(), model.name(), model.absent().get(tensor.name())))
            .toList();
    if (!missing.isEmpty()) {
      throw new InputException(missing);
    }
  }

  private boolean isCovered(Tensor tensor) {
    return given.containsKey(tensor.name())
        || grown.containsKey(tensor.name())
        || rule(tensor).isPresent()
        || choose(tensor).isPresent();
  }

  private Preset.Outcome presets(Model model) {
    for (Preset preset : settings.presets()) {
      if (!calibratedWeights.isEmpty() && settings.undoing() == InitSettings.Undoing.REFUSE) {
        preset
            .undoneByLsuv()
            .ifPresent(
                reason ->
                    problems.add(
                        "Cannot calibrate after preset %s: %s; use init, or set init.lsuv-after-preset: force"
                            .formatted(preset.name(), reason)));
      }
    }
    try {
      Preset.Outcome outcome = Presets.apply(settings.presets(), model);
      return areWeightsRecommended() ? BranchEnds.after(outcome, model) : outcome;
    } catch (IllegalArgumentException e) {
      problems.add("Cannot initialise %s: %s".formatted(model.name(), e.getMessage()));
      return new Preset.Outcome(Map.of(), List.of());
    }
  }

  /** Neither does the user state a default nor will LSUV scale them. */
  private boolean areWeightsRecommended() {
    return settings.fallback().isEmpty() && calibratedWeights.isEmpty();
  }

  private List<String> notes(Model model, List<RecipeEntry> entries) {
    List<String> notes = new ArrayList<>(model.notes());
    for (int i = 0; i < settings.rules().size(); i++) {
      Rule rule = settings.rules().get(i);
      if (model.tensors().stream()
          .noneMatch(tensor -> tensor.type().isFloat() && rule.matches(tensor))) {
        notes.add(
            "init.rules[%d] (%s) matches no float tensor of the model"
                .formatted(i, rule.condition()));
      }
    }
    notes.addAll(TwoBiases.notes(entries));
    return notes;
  }

  private RecipeEntry entry(Tensor tensor) {
    Optional<Rule> rule = tensor.type().isFloat() ? rule(tensor) : Optional.empty();
    if (rule.isPresent() && rule.get().start() instanceof Start.Kept start) {
      return kept(tensor, rule.get(), start);
    }
    if (rule.isEmpty() && grown.containsKey(tensor.name())) {
      return grown(tensor, grown.get(tensor.name()));
    }
    Given preset = given.get(tensor.name());
    if (preset != null && tensor.type().isFloat() && rule.isEmpty()) {
      return new PresetBlocks(tensor, preset)
          .entry(choice -> drawn(choice.of(tensor), choice), otherwise(tensor));
    }
    Optional<Choice> choice = tensor.type().isFloat() ? choose(tensor) : Optional.empty();
    return choice
        .map(chosen -> drawn(chosen.of(tensor), chosen))
        .orElseGet(() -> entry(tensor, "kept from the model", kept(tensor)));
  }

  private static RecipeEntry entry(Tensor tensor, String why, Source source) {
    return new RecipeEntry(
        tensor.name(),
        tensor.shape(),
        tensor.type(),
        tensor.role(),
        tensor.layout(),
        tensor.aliases(),
        why,
        source);
  }

  private Optional<Choice> choose(Tensor tensor) {
    return ruled(tensor).or(() -> otherwise(tensor));
  }

  /** What cannot be kept is noted, and the model's own or nothing stands in until the end. */
  private RecipeEntry kept(Tensor tensor, Rule rule, Start.Kept start) {
    Source source =
        keeping
            .source(tensor, rule, start)
            .orElseGet(() -> new Source.External(new ExternalValues.Inline("", 0)));
    return entry(tensor, why(rule), source);
  }

  private RecipeEntry grown(Tensor tensor, Grown found) {
    String why = "init.expand: " + found.why();
    if (found instanceof Grown.Copied copied) {
      return entry(tensor, why, new Source.Kept(copied.tensor()));
    }
    if (found instanceof Grown.Expanded expanded) {
      return entry(tensor, why, new Source.Expanded(expanded.expansion()));
    }
    Choice choice = new Choice(((Grown.Drawn) found).scheme(), why);
    return drawn(tensor, choice);
  }

  private Optional<Choice> ruled(Tensor tensor) {
    return rule(tensor)
        .filter(rule -> rule.start() instanceof Start.Drawn)
        .map(
            rule -> {
              Start.Drawn drawn = (Start.Drawn) rule.start();
              return new Choice(drawn.scheme(), why(rule), FusedPart.numbered(drawn.parts()));
            });
  }

  private Optional<Rule> rule(Tensor tensor) {
    return settings.rules().stream().filter(rule -> rule.matches(tensor)).findFirst();
  }

  private String why(Rule rule) {
    return "init.rules[%d]: %s".formatted(settings.rules().indexOf(rule), rule.condition());
  }

  private Optional<Choice> otherwise(Tensor tensor) {
    if (tensor.role().isWeight() && settings.fallback().isPresent()) {
      return Optional.of(new Choice(settings.fallback().get(), "init.default"));
    }
    return Recommendation.of(tensor, calibratedWeights.contains(tensor.name()))
        .map(choice -> choice.under(settings.convention()));
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

  private RecipeEntry drawn(Tensor tensor, Choice choice) {
    Scheme scheme = choice.scheme();
    Shape shape = tensor.role().matrix(tensor.shape());
    Fans fans = fans(tensor, scheme);
    long rows = shape.rank() == 0 ? 1 : shape.dim(0);
    if (scheme.minRank() >= 2 && rows % tensor.groups() != 0) {
      throw new IllegalArgumentException(
          "%d rows do not divide into %d groups".formatted(rows, tensor.groups()));
    }
    Convention whose = choice.parts().isEmpty() ? settings.convention() : Convention.PAPER;
    FusedBlocks fused = FusedBlocks.of(tensor, scheme, whose);
    List<Block> blocks =
        fused.isCut()
            ? fused.blocks(scheme, fans)
            : List.of(Block.whole(rows, tensor.groups(), scheme, fans));
    if (shape.elementCount() > 0 && shape.rank() >= scheme.minRank()) {
      blocks.forEach(block -> requireFloat32(scheme.draw(block.fans())));
      BiasGates.of(tensor).ifPresent(gates -> gates.check(scheme.draw(fans)));
    }
    String each = fused.isCut() ? ", " + fused.description() : "";
    return entry(tensor, choice.why() + each, new Source.Drawn(blocks));
  }

  /**
   * The fans of the tensor, or for a bias of the weight beside it if the scheme depends on them.
   */
  private Fans fans(Tensor tensor, Scheme scheme) {
    Convention rule = scheme.fanRule(settings.convention());
    if (tensor.role() == Role.RECURRENT_BIAS) {
      return requireNoFans(scheme);
    }
    if (tensor.shape().rank() >= 2) {
      return rule.fans(tensor);
    }
    if (!scheme.needsFans() || scheme.minRank() > tensor.shape().rank()) {
      return Fans.NONE;
    }
    return weights
        .beside(tensor)
        .map(rule::fans)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s takes the fan-in of the weight beside a bias, and none is known"
                        .formatted(Schemes.name(scheme))));
  }

  /** ONNX has it as a matrix, but it is as little one as any other bias. */
  private static Fans requireNoFans(Scheme scheme) {
    if (scheme.minRank() >= 2 || scheme.needsFans()) {
      throw new IllegalArgumentException(
          "%s is for weights, this is the bias of a recurrent layer; use a scheme such as zeros, lstm_bias or normal"
              .formatted(Schemes.name(scheme)));
    }
    return Fans.NONE;
  }

  private static void requireFloat32(Draw draw) {
    boolean vanishes = draw.factor() != 0 && (float) draw.factor() == 0;
    boolean overflows =
        Math.abs(draw.centre()) + FARTHEST_DRAW * Math.abs(draw.factor()) > Float.MAX_VALUE;
    if (vanishes || overflows) {
      throw new IllegalArgumentException(
          "the draw %s lies beyond float32 (expected magnitudes from %s to %s)"
              .formatted(draw, Float.MIN_VALUE, Float.MAX_VALUE / FARTHEST_DRAW));
    }
  }

  /**
   * A scheme and, in words, why it was chosen.
   *
   * @param parts the matrices that the tensor stores, if the user or a preset says so
   */
  record Choice(Scheme scheme, String why, List<FusedPart> parts) {
    Choice(Scheme scheme, String why) {
      this(scheme, why, List.of());
    }

    Choice under(Convention convention) {
      return new Choice(Schemes.of(scheme, convention), why, parts);
    }

    Tensor of(Tensor tensor) {
      return parts.isEmpty() ? tensor : tensor.withFused(parts);
    }
  }
}
