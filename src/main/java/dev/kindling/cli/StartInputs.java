package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.calibrate.RunId;
import dev.kindling.calibrate.Statistic;
import dev.kindling.datastart.DataStart;
import dev.kindling.datastart.Directions;
import dev.kindling.datastart.Rbm;
import dev.kindling.forward.Measure;
import dev.kindling.forward.StagePlan;
import dev.kindling.model.Activation;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.preset.OutputBias;
import dev.kindling.spark.RbmJob;
import dev.kindling.spark.Sample;
import dev.kindling.spark.StartJob;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All that {@code start} works on, checked before Spark starts.
 *
 * @param start how weights start
 * @param calibration model, data, layers and how these are calibrated: each output for itself
 * @param weights names of the weights that start from data
 */
record StartInputs(DataStart start, Model model, LsuvInputs calibration, Set<String> weights) {
  /**
   * Returns the inputs of a configuration.
   *
   * @throws ConfigurationException if it does not say what is needed
   * @throws dev.kindling.base.InputException if model and data do not fit
   */
  static StartInputs of(Configuration configuration, Model model) {
    Configuration.Start start =
        configuration
            .start()
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "Cannot start from data: %s has no section start (expected for example start: {method: kmeans})"
                            .formatted(configuration.source())));
    LsuvInputs inputs =
        LsuvInputs.of(configuration.withLsuv(settings(configuration, start.method())), model);
    Set<String> skipped =
        inputs.stages().skipped().stream()
            .map(StagePlan.Skipped::layer)
            .map(Layer::weight)
            .collect(Collectors.toSet());
    Set<String> weights =
        ModelFiles.chosen(configuration, model, "start.layers", start.layers()).stream()
            .filter(inputs.layers()::contains)
            .map(Layer::weight)
            .filter(weight -> !skipped.contains(weight))
            .filter(weight -> !(start.method() instanceof Rbm) || isBeforeSigmoid(model, weight))
            .collect(Collectors.toSet());
    if (weights.isEmpty()) {
      throw new ConfigurationException(
          "Cannot start from data: start.layers chooses no layer that is calibrated%s (expected one of %s)"
              .formatted(
                  start.method() instanceof Rbm ? " and has a sigmoid behind it" : "",
                  inputs.layers().stream().map(Layer::name).toList()));
    }
    return new StartInputs(start.method(), model, inputs, weights);
  }

  private static boolean isBeforeSigmoid(Model model, String weight) {
    return model.tensors().stream()
        .filter(tensor -> tensor.name().equals(weight) || tensor.aliases().contains(weight))
        .anyMatch(tensor -> tensor.activation().kind() == Activation.Kind.SIGMOID);
  }

  private static LsuvSettings settings(Configuration configuration, DataStart start) {
    Configuration.Lsuv lsuv =
        configuration
            .lsuv()
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "Cannot start from data: %s has no section lsuv; add lsuv.data, where the sample is taken from"
                            .formatted(configuration.source())));
    LsuvSettings stated = lsuv.settings();
    if (stated.measure() != Measure.OUTPUT) {
      throw new ConfigurationException(
          "Cannot start from data: %s has lsuv.measure: after-activation, but each output gets its mean before the activation"
              .formatted(configuration.source()));
    }
    if (configuration.init().presets().stream().anyMatch(OutputBias.class::isInstance)) {
      throw new ConfigurationException(
          "Cannot start from data: %s has preset output_bias, and the start would shift the bias that it sets"
              .formatted(configuration.source()));
    }
    return new LsuvSettings(
        stated.batch(),
        stated.microBatch(),
        stated.targetVariance(),
        Optional.of(stated.targetMean().orElse(start.mean())),
        stated.measure(),
        Statistic.CHANNEL,
        stated.blocks(),
        stated.resample(),
        stated.check(),
        stated.maxCorrection());
  }

  /** Says in a line what is about to happen. */
  String headline() {
    return "Start of %d layers from %d rows of %s, %s"
        .formatted(
            weights.size(), calibration.settings().batch(), calibration.data().path(), start);
  }

  /** Returns the id of a run over a sample. */
  String runId(Sample sample) {
    List<String> sorted = weights.stream().sorted().toList();
    return RunId.of(
        calibration.recipe(), calibration.settings(), sample.digest(), start + " " + sorted);
  }

  /** Returns what is to be done with a sample. */
  StartJob job(Directions directions) {
    return new StartJob(
        model,
        calibration.recipe(),
        calibration.layers(),
        weights,
        calibration.data().shapes(),
        directions,
        calibration.settings());
  }

  /** The same for restricted Boltzmann machines. */
  RbmJob job(Rbm rbm) {
    return new RbmJob(
        model,
        calibration.recipe(),
        calibration.layers(),
        weights,
        calibration.data().shapes(),
        rbm,
        calibration.settings());
  }
}
