package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.InputException;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.forward.StagePlan;
import dev.kindling.model.ElementType;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.preset.OutputBias;
import dev.kindling.recipe.Plan;
import dev.kindling.recipe.Recipe;
import dev.kindling.spark.Cluster;
import dev.kindling.spark.DataInput;
import dev.kindling.spark.DataSource;
import dev.kindling.spark.LsuvJob;
import dev.kindling.spark.Sample;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * All that {@code lsuv} works on, checked before Spark starts.
 *
 * @param recipe recipe before calibration
 * @param stages the model, cut after each layer
 * @param layers those to be calibrated, in execution order
 * @param data where samples come from
 * @param settings how calibration runs
 * @param notes what the user should know, one line each
 */
record LsuvInputs(
    Recipe recipe,
    StagePlan stages,
    List<Layer> layers,
    DataSource data,
    LsuvSettings settings,
    List<String> notes) {

  /**
   * Returns the inputs of a configuration.
   *
   * @throws ConfigurationException if it does not say what is needed
   * @throws InputException if model and data do not fit
   */
  static LsuvInputs of(Configuration configuration, Model model) {
    Configuration.Lsuv lsuv =
        configuration
            .lsuv()
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "Cannot calibrate: %s has no section lsuv; add lsuv.data or use init"
                            .formatted(configuration.source())));
    if (lsuv.settings().targetMean().isPresent()
        && configuration.init().presets().stream().anyMatch(OutputBias.class::isInstance)) {
      throw new ConfigurationException(
          "Cannot calibrate: %s has lsuv.target-mean and preset output_bias, and the one would shift the bias that the other sets; leave one of them out"
              .formatted(configuration.source()));
    }
    if (model.graph().isEmpty()) {
      throw new ConfigurationException(
          "Cannot calibrate model '%s': shapes alone cannot be run; give an ONNX file or a layer YAML, or use init"
              .formatted(configuration.model()));
    }
    Plan plan = ModelFiles.planLsuv(configuration, model);
    Recipe recipe = ModelFiles.withDigests(plan.recipe());
    List<Layer> layers = ModelFiles.chosen(configuration, model);
    DataSource data = named(configuration, lsuv.data(), StagePlan.dataInputs(model, recipe));
    StagePlan stages =
        StagePlan.of(model, recipe, layers, data.shapes(), lsuv.settings().measure());
    requireKnownTypes(configuration, stages);
    List<String> notes = new ArrayList<>(plan.notes());
    notes.addAll(stages.remarks());
    return new LsuvInputs(recipe, stages, layers, data, lsuv.settings(), notes);
  }

  /** Gives the data without a name the only graph input that no other data fill. */
  static DataSource named(Configuration configuration, DataSource data, List<String> graphInputs) {
    List<String> open = new ArrayList<>(graphInputs);
    data.inputs().forEach(input -> open.removeAll(input.targets()));
    List<DataInput> inputs = new ArrayList<>();
    for (DataInput input : data.inputs()) {
      if (input.name().isEmpty() && open.size() != 1) {
        throw new InputException(
            "Cannot calibrate model '%s': its data inputs must be one, or named in lsuv.data.inputs (found %s)"
                .formatted(configuration.model(), graphInputs));
      }
      inputs.add(input.name().isEmpty() ? input.named(open.get(0)) : input);
    }
    return data.withInputs(inputs);
  }

  private static void requireKnownTypes(Configuration configuration, StagePlan stages) {
    stages
        .dataTypes()
        .forEach(
            (input, type) -> {
              if (!DataInput.TYPES.contains(type)) {
                throw new InputException(
                    "Cannot calibrate model '%s': data cannot be given to its input '%s' of type %s (expected one of %s)"
                        .formatted(
                            configuration.model(),
                            input,
                            type.label(),
                            DataInput.TYPES.stream().map(ElementType::label).toList()));
              }
            });
  }

  /** Says in a line what is about to happen. */
  String headline() {
    return "LSUV of %d layers over %d rows of %s, micro-batches of %d, target variance %s, seed %d"
        .formatted(
            layers.size(),
            settings.batch(),
            data.path(),
            settings.microBatch(),
            settings.targetVariance(),
            recipe.seed());
  }

  /** Returns what is to be done with a sample. */
  LsuvJob job() {
    return new LsuvJob(recipe, stages, settings);
  }

  /** Draws the sample. */
  Sample sample(Cluster cluster) {
    return cluster.sample(data, recipe.seed(), stages.dataTypes(), settings);
  }

  /** Returns an empty table of the layers. */
  LayerTable table(int width, PrintWriter out) {
    List<LayerTable.Row> rows =
        layers.stream().map(layer -> new LayerTable.Row(layer.name(), layer.weight())).toList();
    return new LayerTable(recipe, rows, settings.batch(), width, out);
  }
}
