package dev.kindling.spark;

import dev.kindling.base.InputException;
import dev.kindling.datastart.BoltzmannMachine;
import dev.kindling.forward.LayerInput;
import dev.kindling.forward.MicroBatch;
import dev.kindling.kernel.Affine;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.kernel.Law;
import dev.kindling.kernel.Variates;
import dev.kindling.random.Stream;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeValues;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import scala.Tuple2;

/**
 * What tasks do for a restricted Boltzmann machine.
 *
 * @param input the graph up to the layer
 * @param recipe the entries that it reads
 * @param rows which rows train it
 */
record RbmTask(
    LayerInput input, Recipe recipe, PatchTask.Rows rows, KernelsMode kernels, HadoopFiles files)
    implements Serializable {
  /** Yields what the layer reads, by micro-batch. */
  Iterator<Tuple2<Integer, float[]>> inputs(Iterator<MicroBatch> sample) {
    List<Tuple2<Integer, float[]>> inputs = new ArrayList<>();
    RecipeValues values = new RecipeValues(recipe.seed(), ExecutorKernels.load(kernels), files);
    rows.read(
        input,
        recipe,
        values,
        sample,
        (next, value) -> {
          float[] read = value.toFloats();
          requireShares(read);
          inputs.add(new Tuple2<>(next.index(), read));
        });
    return inputs.iterator();
  }

  /**
   * Returns what a micro-batch gives to a step.
   *
   * @param step number of the step, part of the address of its draws
   */
  BoltzmannMachine.Contrast contrast(
      BoltzmannMachine machine, int step, Tuple2<Integer, float[]> inputs) {
    int hidden = machine.hidden().length;
    int count = inputs._2().length / machine.visible().length;
    float[] uniforms = new float[count * hidden];
    long firstRow = (long) step * rows.count() + (long) inputs._1() * rows.together();
    Stream stream =
        Stream.of(recipe.seed(), input.stage().layer().weight() + "/cd", Stream.Purpose.ELEMENTS);
    ExecutorKernels.load(kernels)
        .fill(
            new Variates(stream, new Law.Uniform(), new Affine(0.5, 0.5)),
            firstRow * hidden,
            uniforms,
            0,
            uniforms.length);
    return machine.contrast(inputs._1(), inputs._2(), uniforms);
  }

  private void requireShares(float[] read) {
    for (float value : read) {
      if (!(value >= 0 && value <= 1)) {
        throw new InputException(
            "Cannot train layer '%s' as a Boltzmann machine: it reads values that are no probabilities (expected 0 to 1, found %s); set scale of lsuv.data"
                .formatted(input.stage().layer().name(), value));
      }
    }
  }
}
