package dev.kindling.spark;

import dev.kindling.base.InputException;
import dev.kindling.calibrate.Calibration;
import dev.kindling.calibrate.Journal;
import dev.kindling.calibrate.LayerResult;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.calibrate.Progress;
import dev.kindling.datastart.Directions;
import dev.kindling.datastart.PatchWindow;
import dev.kindling.forward.LayerInput;
import dev.kindling.forward.StagePlan;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.model.Layer;
import dev.kindling.model.Layout;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Source;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Starts weights from data, layer by layer in execution order: a layer's directions are found on
 * what it reads once all layers before it have been started and calibrated, and it is calibrated
 * before the next is looked at. The graph runs from its beginning for each layer.
 *
 * @param model a model with a graph
 * @param recipe recipe before
 * @param layers those that are calibrated, in execution order
 * @param weights those of them whose weight is made from data
 * @param data shape of one sample for each data input
 * @param start what weights are made of
 * @param settings how layers are calibrated
 */
public record StartJob(
    Model model,
    Recipe recipe,
    List<Layer> layers,
    Set<String> weights,
    Map<String, Shape> data,
    Directions start,
    LsuvSettings settings) {
  public StartJob {
    layers = List.copyOf(layers);
    weights = Set.copyOf(weights);
  }

  /** What a job runs on. */
  record Place(SparkSession spark, Path runFolder, KernelsMode kernels, Consumer<String> progress) {
    JavaSparkContext context() {
      return JavaSparkContext.fromSparkContext(spark.sparkContext());
    }

    /** Calibrates without a journal. */
    LsuvJob.Calibrated calibrate(LsuvJob job, Sample sample, Progress each) {
      SparkStageRunner runner =
          new SparkStageRunner(context(), sample.microBatches(), runFolder, kernels, progress);
      return job.calibrate(sample, runner, Journal.NONE, each);
    }
  }

  /** Runs the job. */
  LsuvJob.Calibrated run(Sample sample, Place place, Progress progress) {
    Recipe current = recipe;
    List<LayerResult> results = new ArrayList<>();
    for (Layer layer : layers) {
      if (weights.contains(layer.weight())) {
        current = started(current, layer, sample, place);
      }
      StagePlan stages = StagePlan.of(model, current, List.of(layer), data, settings.measure());
      LsuvJob.Calibrated calibrated =
          place.calibrate(new LsuvJob(current, stages, settings), sample, progress);
      current = calibrated.recipe();
      results.addAll(calibrated.calibration().layers());
    }
    return new LsuvJob.Calibrated(
        current,
        new Calibration(
            settings,
            sample.layout().check(),
            sample.rows().bad(),
            sample.sampling(),
            sample.digest(),
            LsuvJob.environment(),
            results));
  }

  private Recipe started(Recipe current, Layer layer, Sample sample, Place place) {
    RecipeEntry entry = current.entry(layer.weight());
    LayerInput input = LayerInput.of(model, current, layer, data);
    requireStartable(layer, entry);
    PatchTask task =
        new PatchTask(
            input,
            SparkStageRunner.entriesOf(input.stage(), current),
            window(entry, input),
            start.patches(),
            new PatchTask.Rows(settings.batch(), settings.microBatch()),
            place.kernels(),
            new HadoopFiles(place.context().hadoopConfiguration()));
    place.context().setJobDescription("start: layer " + layer.name());
    JavaPairRDD<Long, float[]> patches =
        sample
            .microBatches()
            .mapPartitions(task::cut)
            .mapToPair(patch -> new Tuple2<>(patch._1(), patch._2()))
            .repartitionAndSortWithinPartitions(new HashPartitioner(1))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      float[] values = values(entry, layer, input.groups(), patches, place);
      return current.with(
          entry.with(
              Source.Computed.of(values),
              "start: %s of %d patches"
                  .formatted(
                      start.method().name().toLowerCase(Locale.ROOT),
                      patches.count() / input.groups())));
    } finally {
      patches.unpersist(false);
    }
  }

  private float[] values(
      RecipeEntry entry, Layer layer, int groups, JavaPairRDD<Long, float[]> patches, Place place) {
    PatchDirections directions = new PatchDirections(place.spark(), start.method(), recipe.seed());
    int outputs = Math.toIntExact(entry.channels() / groups);
    float[] values = new float[Math.toIntExact(entry.shape().elementCount())];
    for (int group = 0; group < groups; group++) {
      int wanted = group;
      JavaRDD<double[]> own =
          patches
              .filter(patch -> PatchTask.group(patch._1()) == wanted)
              .values()
              .map(StartJob::wide);
      requireEnough(layer, own.count(), outputs);
      List<double[]> rows = SparkFailures.explained(() -> directions.rows(own, outputs));
      for (int row = 0; row < outputs; row++) {
        place(rows.get(row), group * outputs + row, entry, values);
      }
    }
    return values;
  }

  private static double[] wide(float[] patch) {
    double[] values = new double[patch.length];
    for (int i = 0; i < patch.length; i++) {
      values[i] = patch[i];
    }
    return values;
  }

  private static void place(double[] row, int output, RecipeEntry entry, float[] values) {
    boolean rows = entry.layout() == Layout.OUT_IN;
    int outputs = Math.toIntExact(entry.channels());
    for (int i = 0; i < row.length; i++) {
      values[rows ? output * row.length + i : i * outputs + output] = (float) row[i];
    }
  }

  private static PatchWindow window(RecipeEntry entry, LayerInput input) {
    int axes = entry.shape().rank() - 2;
    List<Integer> kernel =
        entry.shape().dims().subList(2, axes + 2).stream().map(Math::toIntExact).toList();
    return new PatchWindow(
        input.groups(),
        kernel,
        input.dilations().size() == axes ? input.dilations() : Collections.nCopies(axes, 1));
  }

  private static void requireStartable(Layer layer, RecipeEntry entry) {
    boolean square = entry.shape().rank() == 2 || entry.layout() == Layout.OUT_IN;
    if (entry.isKept() || entry.shape().rank() < 2 || !square) {
      throw new InputException(
          "Cannot start layer '%s' from data: its weight '%s' of shape %s is %s (expected a dense or convolution weight that the recipe draws)"
              .formatted(
                  layer.name(),
                  entry.tensor(),
                  entry.shape(),
                  entry.isKept() ? "kept as the model has it" : "of another kind"));
    }
    if (entry.shape().elementCount() > Source.Computed.MAX_ELEMENTS) {
      throw new InputException(
          "Cannot start layer '%s' from data: its weight is too large for a recipe (expected at most %d elements, found %d); leave it out of start.layers"
              .formatted(layer.name(), Source.Computed.MAX_ELEMENTS, entry.shape().elementCount()));
    }
  }

  private void requireEnough(Layer layer, long patches, int outputs) {
    if (patches < Math.max(2, outputs)) {
      throw new InputException(
          "Cannot start layer '%s' from data: it has more outputs than there are patches (expected at least %d, found %d); raise lsuv.batch or start.patches"
              .formatted(layer.name(), Math.max(2, outputs), patches));
    }
  }
}
