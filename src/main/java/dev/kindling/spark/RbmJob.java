package dev.kindling.spark;

import dev.kindling.base.InputException;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.datastart.BoltzmannMachine;
import dev.kindling.datastart.Rbm;
import dev.kindling.forward.LayerInput;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.model.Fans;
import dev.kindling.model.Layer;
import dev.kindling.model.Layout;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.recipe.Block;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.RecipeValues;
import dev.kindling.recipe.Source;
import dev.kindling.scheme.Normal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Trains dense layers with sigmoids behind them as restricted Boltzmann machines, greedily: each on
 * what the trained ones before it make of the sample. A step is a job over micro-batches, whose
 * sums the driver adds in their order.
 *
 * @param model a model with a graph
 * @param recipe recipe before
 * @param layers all layers that may be trained, in execution order
 * @param weights those of them that are
 * @param data shape of one sample for each data input
 * @param settings how the sample is cut
 */
public record RbmJob(
    Model model,
    Recipe recipe,
    List<Layer> layers,
    Set<String> weights,
    Map<String, Shape> data,
    Rbm rbm,
    LsuvSettings settings) {
  public RbmJob {
    layers = List.copyOf(layers);
    weights = Set.copyOf(weights);
  }

  /**
   * What came out.
   *
   * @param errors per trained layer the mean square error of reconstruction at the first and at the
   *     last step
   */
  public record Trained(Recipe recipe, List<Errors> errors) {}

  /** Mean square errors of reconstruction of a layer's input. */
  public record Errors(Layer layer, double first, double last) {}

  /** Runs the job. */
  Trained run(Sample sample, StartJob.Place place) {
    Recipe current = recipe;
    List<Errors> errors = new ArrayList<>();
    for (Layer layer : layers) {
      if (weights.contains(layer.weight())) {
        current = trained(current, layer, sample, place, errors);
      }
    }
    return new Trained(current, errors);
  }

  private Recipe trained(
      Recipe current, Layer layer, Sample sample, StartJob.Place place, List<Errors> errors) {
    RecipeEntry entry = current.entry(layer.weight());
    requireTrainable(layer, entry, current);
    LayerInput input = LayerInput.of(model, current, layer, data);
    RbmTask task =
        new RbmTask(
            input,
            SparkStageRunner.entriesOf(input.stage(), current),
            new PatchTask.Rows(settings.batch(), settings.microBatch()),
            place.kernels(),
            new HadoopFiles(place.context().hadoopConfiguration()));
    place.context().setJobDescription("start: machine of layer " + layer.name());
    JavaRDD<Tuple2<Integer, float[]>> inputs =
        sample.microBatches().mapPartitions(task::inputs).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      BoltzmannMachine machine = first(entry, place);
      double firstError = 0;
      double lastError = 0;
      for (int step = 0; step < rbm.steps(); step++) {
        List<BoltzmannMachine.Contrast> contrasts = contrasts(machine, step, task, inputs, place);
        lastError = error(contrasts, machine.visible().length);
        firstError = step == 0 ? lastError : firstError;
        machine = machine.after(contrasts, rbm.rate());
      }
      errors.add(new Errors(layer, firstError, lastError));
      return with(current, layer, entry, machine);
    } finally {
      inputs.unpersist(false);
    }
  }

  private static List<BoltzmannMachine.Contrast> contrasts(
      BoltzmannMachine machine,
      int step,
      RbmTask task,
      JavaRDD<Tuple2<Integer, float[]>> inputs,
      StartJob.Place place) {
    Broadcast<BoltzmannMachine> shared = place.context().broadcast(machine);
    List<BoltzmannMachine.Contrast> contrasts =
        new ArrayList<>(inputs.map(batch -> task.contrast(shared.value(), step, batch)).collect());
    contrasts.sort(Comparator.comparing(BoltzmannMachine.Contrast::index));
    shared.destroy();
    return contrasts;
  }

  private static double error(List<BoltzmannMachine.Contrast> contrasts, int visible) {
    double sum = contrasts.stream().mapToDouble(BoltzmannMachine.Contrast::error).sum();
    return sum / contrasts.stream().mapToInt(BoltzmannMachine.Contrast::rows).sum() / visible;
  }

  private BoltzmannMachine first(RecipeEntry entry, StartJob.Place place) {
    Source small =
        new Source.Drawn(
            List.of(Block.whole(entry.rows(), 1, new Normal(0, BoltzmannMachine.STD), Fans.NONE)));
    float[] drawn = new float[Math.toIntExact(entry.shape().elementCount())];
    new RecipeValues(
            recipe.seed(),
            KernelsLoader.load(place.kernels()).kernels(),
            new HadoopFiles(place.context().hadoopConfiguration()))
        .fill(entry.with(small, "start"), 0, drawn, 0, drawn.length);
    int outputs = Math.toIntExact(entry.channels());
    int inputs = drawn.length / outputs;
    double[] weights = new double[drawn.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = drawn[place(i, inputs, outputs, entry.layout())];
    }
    return BoltzmannMachine.of(weights, inputs);
  }

  /** Returns where an element of a matrix of one row per output stands in the tensor. */
  private static int place(int index, int inputs, int outputs, Layout layout) {
    return layout == Layout.OUT_IN ? index : index % inputs * outputs + index / inputs;
  }

  private static Recipe with(
      Recipe current, Layer layer, RecipeEntry entry, BoltzmannMachine machine) {
    int outputs = machine.hidden().length;
    float[] values = new float[machine.weights().length];
    for (int i = 0; i < values.length; i++) {
      int at = place(i, values.length / outputs, outputs, entry.layout());
      values[at] = (float) machine.weights()[i];
    }
    float[] biases = new float[outputs];
    for (int j = 0; j < outputs; j++) {
      biases[j] = (float) machine.hidden()[j];
    }
    String why = "start: restricted Boltzmann machine";
    RecipeEntry bias = current.entry(layer.bias().orElseThrow());
    return current
        .with(entry.with(Source.Computed.of(values), why))
        .with(bias.with(Source.Computed.of(biases), why));
  }

  private static void requireTrainable(Layer layer, RecipeEntry entry, Recipe current) {
    boolean biased =
        layer
            .bias()
            .map(current::entry)
            .filter(bias -> bias.shape().elementCount() == entry.channels() && !bias.isKept())
            .isPresent();
    if (entry.isKept() || entry.shape().rank() != 2 || !biased) {
      throw new InputException(
          "Cannot train layer '%s' as a Boltzmann machine: weight '%s' of shape %s and its bias must be a drawn matrix and vector"
              .formatted(layer.name(), entry.tensor(), entry.shape()));
    }
    if (entry.shape().elementCount() > Source.Computed.MAX_ELEMENTS) {
      throw new InputException(
          "Cannot train layer '%s' as a Boltzmann machine: its weight is too large for a recipe (expected at most %d elements, found %d); leave it out of start.layers"
              .formatted(layer.name(), Source.Computed.MAX_ELEMENTS, entry.shape().elementCount()));
    }
  }
}
