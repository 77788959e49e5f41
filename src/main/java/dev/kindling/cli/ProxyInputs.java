package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.InputException;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.calibrate.RunId;
import dev.kindling.calibrate.Statistic;
import dev.kindling.forward.Measure;
import dev.kindling.model.Model;
import dev.kindling.proxy.PerceptronRecipe;
import dev.kindling.proxy.ProxySettings;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.Source;
import dev.kindling.spark.Cluster;
import dev.kindling.spark.ProxyJob;
import dev.kindling.spark.Sample;
import java.util.Optional;

/**
 * All that {@code proxy} works on, checked before Spark starts.
 *
 * @param calibration model's data and how its layers are calibrated
 */
record ProxyInputs(
    Configuration configuration, ProxySettings proxy, Model model, LsuvInputs calibration) {
  /**
   * Returns the inputs of a configuration.
   *
   * @throws ConfigurationException if it does not say what is needed
   * @throws InputException if MLlib cannot train the model, or model and data do not fit
   */
  static ProxyInputs of(Configuration configuration, Model model) {
    ProxySettings proxy =
        configuration
            .proxy()
            .orElseThrow(
                () ->
                    missing(
                        configuration,
                        "no section proxy (expected for example proxy: {factor: 4})"));
    PerceptronRecipe.require(model);
    Configuration.Lsuv lsuv =
        configuration
            .lsuv()
            .orElseThrow(
                () ->
                    missing(
                        configuration, "no section lsuv; add lsuv.data, which it is trained on"));
    if (lsuv.data().label().isEmpty()) {
      throw missing(configuration, "no lsuv.data.label; name the column of classes");
    }
    LsuvInputs inputs = LsuvInputs.of(configuration.withLsuv(settings(lsuv.settings())), model);
    Recipe recipe = ModelFiles.planInit(configuration, model).recipe();
    recipe.entries().stream()
        .filter(entry -> entry.shape().elementCount() > Source.Computed.MAX_ELEMENTS)
        .findFirst()
        .ifPresent(
            entry -> {
              throw new InputException(
                  "Cannot train a proxy of model '%s': tensor '%s' of shape %s is too large for a recipe (expected at most %d elements)"
                      .formatted(
                          model.name(),
                          entry.tensor(),
                          entry.shape(),
                          Source.Computed.MAX_ELEMENTS));
            });
    return new ProxyInputs(configuration, proxy, model, inputs);
  }

  private static ConfigurationException missing(Configuration configuration, String what) {
    return new ConfigurationException(
        "Cannot train a proxy: %s has %s".formatted(configuration.source(), what));
  }

  /** One scale per layer: it is what noise changes that has to be mended. */
  private static LsuvSettings settings(LsuvSettings stated) {
    return new LsuvSettings(
        stated.batch(),
        stated.microBatch(),
        1,
        Optional.empty(),
        Measure.OUTPUT,
        Statistic.LAYER,
        stated.blocks(),
        Optional.empty(),
        stated.check(),
        stated.maxCorrection());
  }

  /** Says in a line what is about to happen. */
  String headline() {
    return "Proxy of %s, %d times narrower, %d iterations on %d rows of %s"
        .formatted(
            model.name(),
            proxy.factor(),
            proxy.iterations(),
            calibration.settings().batch(),
            calibration.data().path());
  }

  /**
   * Draws the sample.
   *
   * @throws InputException if no row is left to judge by
   */
  Sample sample(Cluster cluster) {
    Sample sample =
        cluster.labelledSample(
            calibration.data(),
            configuration.init().seed(),
            calibration.stages().dataTypes(),
            calibration.settings());
    if (sample.layout().check() == 0) {
      throw new InputException(
          "Cannot judge a proxy: '%s' has too few rows beside the %d that it is trained on (expected more than one micro-batch of %d); lower lsuv.batch or set lsuv.check"
              .formatted(
                  calibration.data().path(),
                  calibration.settings().batch(),
                  calibration.settings().microBatch()));
    }
    return sample;
  }

  /** Returns the id of a run over a sample. */
  String runId(Sample sample) {
    Recipe standard = ModelFiles.planInit(configuration, model).recipe();
    return RunId.of(standard, calibration.settings(), sample.digest(), proxy.toString());
  }

  /** Returns what is to be done with a sample. */
  ProxyJob job() {
    return new ProxyJob(
        model, configuration.init(), calibration.data().shapes(), proxy, calibration.settings());
  }
}
