package dev.kindling.cli;

import dev.kindling.calibrate.CalibrationJson;
import dev.kindling.calibrate.Journal;
import dev.kindling.calibrate.LayerResult;
import dev.kindling.datastart.DataStart;
import dev.kindling.datastart.Directions;
import dev.kindling.datastart.Rbm;
import dev.kindling.datastart.WeightNorm;
import dev.kindling.datastart.WeightNormRecipe;
import dev.kindling.forward.StagePlan;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeValues;
import dev.kindling.spark.Cluster;
import dev.kindling.spark.LsuvJob;
import dev.kindling.spark.RbmJob;
import dev.kindling.spark.Sample;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** Starts the weights of a model over a sample and says what happens. */
final class StartRun {
  private final StartInputs inputs;
  private final Sample sample;
  private final Path runFolder;
  private final Cluster cluster;
  private final KernelsOptions kernels;

  /** What goes into the checkpoint. */
  record Outcome(Recipe recipe, Optional<String> calibrationJson) {}

  StartRun(
      StartInputs inputs, Sample sample, Path runFolder, Cluster cluster, KernelsOptions kernels) {
    this.inputs = inputs;
    this.sample = sample;
    this.runFolder = runFolder;
    this.cluster = cluster;
    this.kernels = kernels;
  }

  Outcome run(int width, PrintWriter out, PrintWriter err) {
    DataStart start = inputs.start();
    if (start instanceof Rbm rbm) {
      return trained(rbm, out);
    }
    LayerTable table = inputs.calibration().table(width, out);
    table.printHeader();
    LsuvJob.Calibrated calibrated =
        start instanceof Directions directions
            ? cluster.start(inputs.job(directions), sample, runFolder, table)
            : weightNorm((WeightNorm) start, table);
    calibrated.calibration().layers().stream()
        .filter(LayerResult::isLeftAlone)
        .forEach(
            layer ->
                err.printf("Layer '%s' was left alone: %s%n", layer.layer(), layer.leftAlone()));
    return new Outcome(
        calibrated.recipe(), Optional.of(CalibrationJson.toJson(calibrated.calibration())));
  }

  private Outcome trained(Rbm rbm, PrintWriter out) {
    RbmJob.Trained trained = cluster.train(inputs.job(rbm), sample, runFolder);
    trained
        .errors()
        .forEach(
            layer ->
                out.printf(
                    Locale.ROOT,
                    "%s: mean square error of reconstruction %.4f at first, %.4f after %d steps%n",
                    layer.layer().name(),
                    layer.first(),
                    layer.last(),
                    rbm.steps()));
    return new Outcome(trained.recipe(), Optional.empty());
  }

  private LsuvJob.Calibrated weightNorm(WeightNorm start, LayerTable table) {
    WeightNormRecipe split = new WeightNormRecipe(start.names(), inputs.weights());
    LsuvInputs calibration = inputs.calibration();
    Recipe directions = split.directions(calibration.recipe());
    StagePlan stages =
        StagePlan.of(inputs.model(), directions, calibration.layers(), calibration.data().shapes());
    LsuvJob.Calibrated calibrated =
        new LsuvJob(directions, stages, calibration.settings())
            .calibrate(sample, cluster.stageRunner(sample, runFolder), Journal.NONE, table);
    RecipeValues values =
        new RecipeValues(
            directions.seed(),
            KernelsLoader.load(kernels.mode()).kernels(),
            Cluster.externalFiles(Cluster.hadoop()));
    return new LsuvJob.Calibrated(
        split.split(calibrated.recipe(), values), calibrated.calibration());
  }
}
