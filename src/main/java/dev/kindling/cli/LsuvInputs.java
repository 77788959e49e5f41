package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.InputException;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.forward.StagePlan;
import dev.kindling.model.ElementType;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.recipe.Plan;
import dev.kindling.recipe.Recipe;
import dev.kindling.spark.Cluster;
import dev.kindling.spark.DataSource;
import dev.kindling.spark.Sample;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * All that {@code lsuv} works on, checked before Spark starts.
 *
 * @param recipe recipe before calibration
 * @param stages the model, cut after each layer
 * @param layers the layers in execution order
 * @param input name of the graph input that samples go to
 * @param data where samples come from
 * @param settings how calibration runs
 * @param notes what the user should know, one line each
 */
record LsuvInputs(
    Recipe recipe,
    StagePlan stages,
    List<Layer> layers,
    String input,
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
    Model.Graph graph =
        model
            .graph()
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "Cannot calibrate model '%s': shapes alone cannot be run; give an ONNX file or a layer YAML, or use init"
                            .formatted(configuration.model())));
    Plan plan = ModelFiles.planLsuv(configuration, model);
    List<String> dataInputs = StagePlan.dataInputs(model, plan.recipe());
    if (dataInputs.size() != 1) {
      throw new InputException(
          "Cannot calibrate model '%s': its data inputs must be one (found %s)"
              .formatted(configuration.model(), dataInputs));
    }
    String input = dataInputs.get(0);
    StagePlan stages =
        StagePlan.of(model, plan.recipe(), graph.layers(), Map.of(input, lsuv.data().shape()));
    requireFloats(configuration, input, stages);
    List<String> notes = new ArrayList<>(plan.notes());
    notes.addAll(stages.remarks());
    return new LsuvInputs(
        plan.recipe(), stages, graph.layers(), input, lsuv.data(), lsuv.settings(), notes);
  }

  private static void requireFloats(Configuration configuration, String input, StagePlan stages) {
    ElementType type = stages.dataTypes().get(input);
    if (type != ElementType.F32) {
      throw new InputException(
          "Cannot calibrate model '%s': samples are numbers of type f32, its input '%s' takes %s; use init"
              .formatted(configuration.model(), input, type.label()));
    }
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

  /** Draws the sample. */
  Sample sample(Cluster cluster) {
    return cluster.sample(data, recipe.seed(), input, settings);
  }

  /** Returns an empty table of the layers. */
  LayerTable table(PrintWriter out) {
    List<LayerTable.Row> rows =
        layers.stream().map(layer -> new LayerTable.Row(layer.name(), layer.weight())).toList();
    return new LayerTable(recipe, rows, settings.batch(), out);
  }
}
