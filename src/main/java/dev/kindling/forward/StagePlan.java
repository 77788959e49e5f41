package dev.kindling.forward;

import dev.kindling.base.InputException;
import dev.kindling.model.ElementType;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.recipe.Recipe;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A graph cut into one stage per calibrated layer. Run one after another on a micro-batch, they do
 * each node that a calibrated layer needs once, and no other node.
 *
 * @param stages in the order in which they run
 * @param skipped layers that are left alone
 * @param remarks how the graph that runs differs from the model's, in words
 * @param dataTypes element types of the data inputs
 */
public record StagePlan(
    List<Stage> stages,
    List<Skipped> skipped,
    List<String> remarks,
    SortedMap<String, ElementType> dataTypes) {
  public StagePlan {
    stages = List.copyOf(stages);
    skipped = List.copyOf(skipped);
    remarks = List.copyOf(remarks);
    dataTypes = Collections.unmodifiableSortedMap(new TreeMap<>(dataTypes));
  }

  /**
   * A layer that is left alone.
   *
   * @param reason why, as the end of the sentence "layer x is left alone: "
   * @param stagesBefore number of stages whose layers come before it
   */
  public record Skipped(Layer layer, String reason, int stagesBefore) {}

  /**
   * Cuts a model's graph. The graph runs in inference form, and ONNX Runtime loads it once, without
   * weights, to learn the types of its values.
   *
   * @param model a model with a graph
   * @param recipe its tensors; those that it draws are fed to the stages
   * @param calibrated layers of the graph, in any order
   * @param sampleShapes for each data input the shape of one sample, that is without the graph's
   *     first axis
   * @throws IllegalArgumentException if the model has no graph or a layer is not in it
   * @throws InputException if the data do not fit the graph's inputs, ONNX Runtime does not accept
   *     the graph, a layer's output is not float32, a value other than a tensor would have to pass
   *     from one layer to the next, a tensor of 2 GiB or more would have to be fed whole, or a node
   *     that is needed draws random numbers
   */
  public static StagePlan of(
      Model model, Recipe recipe, List<Layer> calibrated, Map<String, Shape> sampleShapes) {
    return of(model, recipe, calibrated, sampleShapes, Measure.OUTPUT);
  }

  /**
   * Does the same.
   *
   * @param measure what of each layer is measured
   */
  public static StagePlan of(
      Model model,
      Recipe recipe,
      List<Layer> calibrated,
      Map<String, Shape> sampleShapes,
      Measure measure) {
    return of(model, recipe, calibrated, sampleShapes, measure, StagePlanner.SLICE_BYTES);
  }

  /**
   * The same with slices of another size, which may change the last bits of what large layers give.
   *
   * @param sliceBytes weights of layers that are larger are cut into slices of this size
   */
  public static StagePlan of(
      Model model,
      Recipe recipe,
      List<Layer> calibrated,
      Map<String, Shape> sampleShapes,
      Measure measure,
      long sliceBytes) {
    return new StagePlanner(model, recipe, sampleShapes, measure, sliceBytes).plan(calibrated);
  }

  /**
   * Returns the shape of one sample for each graph input that data must fill and that the graph
   * declares in full, behind its first axis.
   *
   * @throws IllegalArgumentException if the model has no graph
   */
  public static Map<String, Shape> sampleShapes(Model model, Recipe recipe) {
    return DataInputs.sampleShapes(
        GraphTensors.of(model, StagePlanner.graph(model).onnx().getGraph(), recipe).data());
  }

  /**
   * Returns the names of the graph inputs that data must fill, in the graph's order.
   *
   * @throws IllegalArgumentException if the model has no graph
   */
  public static List<String> dataInputs(Model model, Recipe recipe) {
    return List.copyOf(
        GraphTensors.of(model, StagePlanner.graph(model).onnx().getGraph(), recipe)
            .data()
            .keySet());
  }
}
