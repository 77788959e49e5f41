package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.forward.StagePlan;
import dev.kindling.model.ElementType;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.recipe.Recipe;
import dev.kindling.spark.Cluster;
import dev.kindling.spark.DataSource;
import dev.kindling.spark.Sample;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The sample that diagnoses look at. */
final class SampleOptions {
  private static final int TOGETHER = 32;

  @Option(
      names = "--rows",
      paramLabel = "COUNT",
      defaultValue = "64",
      description = "Rows of lsuv.data that go through the model. Default: ${DEFAULT-VALUE}.")
  private int rows;

  @Option(
      names = "--directions",
      paramLabel = "COUNT",
      defaultValue = "4",
      description =
          "Random directions per layer and 32 rows, each a forward pass; 0 leaves the way back out. Default:"
              + " ${DEFAULT-VALUE}.")
  private int directions;

  int directions() {
    return directions;
  }

  /**
   * Draws samples of {@code --rows} rows each, no row in two, in micro-batches of 32.
   *
   * @param data what {@link #source} returns
   * @param recipe any recipe of the model
   */
  List<Sample> draw(DataSource data, Model model, Recipe recipe, int sets, Cluster cluster) {
    Map<String, ElementType> types =
        StagePlan.of(model, recipe, layers(model), data.shapes()).dataTypes();
    LsuvSettings one = new LsuvSettings(rows, Math.min(rows, TOGETHER), 1);
    LsuvSettings all =
        new LsuvSettings(
            Math.multiplyExact(rows, sets),
            one.microBatch(),
            1,
            Optional.empty(),
            one.measure(),
            one.statistic(),
            one.blocks(),
            Optional.empty(),
            Optional.of(0),
            one.maxCorrection());
    return cluster.sample(data, recipe.seed(), types, all).split(sets);
  }

  /** Checks what can be checked without data. */
  void check(Configuration configuration, Model model) {
    if (rows < 2 || directions < 0 || (rows > TOGETHER && rows % TOGETHER != 0)) {
      throw new ConfigurationException(
          "Cannot diagnose %d rows in %d directions (expected 2 to 32 rows or a multiple of 32, 0 directions or more)"
              .formatted(rows, directions));
    }
    if (model.graph().isEmpty()) {
      throw new ConfigurationException(
          "Cannot diagnose model '%s': shapes alone cannot be run; give an ONNX file or a layer YAML"
              .formatted(configuration.model()));
    }
  }

  private static List<Layer> layers(Model model) {
    return model.graph().map(Model.Graph::layers).orElse(List.of());
  }

  /** Returns the data of a configuration, each input named. */
  static DataSource source(Configuration configuration, Model model, Recipe recipe) {
    DataSource data =
        configuration
            .lsuv()
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "Cannot diagnose: %s has no section lsuv; add lsuv.data, where the sample is taken from"
                            .formatted(configuration.source())))
            .data();
    return LsuvInputs.named(configuration, data, StagePlan.dataInputs(model, recipe));
  }
}
