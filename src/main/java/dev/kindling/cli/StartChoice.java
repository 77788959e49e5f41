package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.UnknownNameException;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.calibrate.SampleLayout;
import dev.kindling.forward.StagePlan;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.preset.Preset;
import dev.kindling.preset.Presets;
import dev.kindling.recipe.InitSettings;
import dev.kindling.recipe.Planner;
import dev.kindling.recipe.Recipe;
import dev.kindling.scheme.Orthogonal;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Schemes;
import dev.kindling.spark.LsuvJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
   * @param shapes for each data input the shape of one sample
   * @param layout the sample that lsuv is calibrated on
   * @param calibrate calibrates on that sample
   */
  Recipe recipe(long seed, Map<String, Shape> shapes, SampleLayout layout, Calibrator calibrate) {
    return name.equals(LSUV)
        ? calibrate.run(job(seed, shapes, layout))
        : Planner.plan(model, settings(seed), Set.of()).recipe();
  }

  /** Does what a job asks for. */
  interface Calibrator {
    Recipe run(LsuvJob job);
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

  private LsuvJob job(long seed, Map<String, Shape> shapes, SampleLayout layout) {
    List<Layer> layers = ModelFiles.chosen(configuration, model);
    Recipe base =
        Planner.plan(
                model,
                with(seed, List.of(), Optional.empty()),
                layers.stream().map(Layer::weight).collect(Collectors.toSet()))
            .recipe();
    LsuvSettings own = configuration.lsuv().orElseThrow().settings();
    LsuvSettings settings =
        new LsuvSettings(
            layout.batch(),
            layout.microBatch(),
            own.targetVariance(),
            own.targetMean(),
            own.measure(),
            own.statistic(),
            own.blocks(),
            Optional.empty(),
            Optional.of(0),
            own.maxCorrection());
    return new LsuvJob(
        base, StagePlan.of(model, base, layers, shapes, settings.measure()), settings);
  }
}
