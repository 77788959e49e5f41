package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.UnknownNameException;
import dev.kindling.calibrate.Journal;
import dev.kindling.calibrate.LocalStageRunner;
import dev.kindling.calibrate.Lsuv;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.calibrate.Progress;
import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.StagePlan;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.preset.Preset;
import dev.kindling.preset.Presets;
import dev.kindling.recipe.InitSettings;
import dev.kindling.recipe.Planner;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.TensorValues;
import dev.kindling.scheme.Orthogonal;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Schemes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A start of a model by one word: {@code config} for the configuration's own, {@code lsuv}, a
 * preset or a scheme for all weights that no rule covers.
 */
record StartChoice(String name, Configuration configuration, Model model) {
  static final String CONFIG = "config";
  static final String LSUV = "lsuv";

  StartChoice {
    if (!isKnown(name)) {
      List<String> known = new ArrayList<>(List.of(CONFIG, LSUV));
      known.addAll(Presets.names());
      known.addAll(Schemes.names());
      throw new ConfigurationException(
          "Cannot compare: " + new UnknownNameException("start", name, known).getMessage());
    }
  }

  private static boolean isKnown(String name) {
    if (name.equals(CONFIG) || name.equals(LSUV) || Presets.names().contains(name)) {
      return true;
    }
    try {
      Schemes.of(name, Map.of());
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Returns the recipe of this start.
   *
   * @param seed its seed
   * @param sample what lsuv is calibrated on
   * @param values generates tensors of that seed
   */
  Recipe recipe(long seed, List<MicroBatch> sample, TensorValues values) {
    if (name.equals(LSUV)) {
      return calibrated(seed, sample, values);
    }
    return Planner.plan(model, settings(seed), Set.of()).recipe();
  }

  /** Plans it once, before Spark starts, for complaints about presets that do not fit the model. */
  void check() {
    if (!name.equals(LSUV)) {
      Planner.plan(model, settings(configuration.init().seed()), Set.of());
    }
  }

  private InitSettings settings(long seed) {
    InitSettings own = configuration.init();
    if (name.equals(CONFIG)) {
      return with(seed, own.presets(), own.fallback());
    }
    if (Presets.names().contains(name)) {
      return with(seed, List.of(Presets.of(name, Map.of(), new Orthogonal(1))), own.fallback());
    }
    return with(seed, List.of(), Optional.of(Schemes.of(name, Map.of(), own.convention())));
  }

  private InitSettings with(long seed, List<Preset> presets, Optional<Scheme> fallback) {
    InitSettings own = configuration.init();
    return new InitSettings(seed, own.rules(), presets, own.undoing(), fallback, own.convention());
  }

  private Recipe calibrated(long seed, List<MicroBatch> sample, TensorValues values) {
    List<Layer> layers = ModelFiles.chosen(configuration, model);
    Recipe base =
        Planner.plan(
                model,
                with(seed, List.of(), Optional.empty()),
                layers.stream().map(Layer::weight).collect(Collectors.toSet()))
            .recipe();
    Map<String, Shape> shapes = new TreeMap<>();
    sample
        .get(0)
        .live()
        .forEach(
            (input, value) ->
                shapes.put(
                    input, new Shape(value.shape().dims().subList(1, value.shape().rank()))));
    LsuvSettings settings = settings(sample);
    StagePlan stages = StagePlan.of(model, base, layers, shapes, settings.measure());
    return new Lsuv(
            settings,
            settings.layout(settings.batch()),
            new LocalStageRunner(sample, values),
            Journal.NONE,
            Progress.SILENT)
        .calibrate(stages, base)
        .recipe();
  }

  /** Those of the configuration, over the rows that there are. */
  private LsuvSettings settings(List<MicroBatch> sample) {
    LsuvSettings own = configuration.lsuv().orElseThrow().settings();
    int rows =
        sample.stream()
            .mapToInt(it -> Math.toIntExact(it.live().values().iterator().next().shape().dim(0)))
            .sum();
    int together = Math.toIntExact(sample.get(0).live().values().iterator().next().shape().dim(0));
    return new LsuvSettings(
        rows,
        together,
        own.targetVariance(),
        own.targetMean(),
        own.measure(),
        own.statistic(),
        own.blocks(),
        Optional.empty(),
        Optional.of(0),
        own.maxCorrection());
  }
}
