package dev.kindling.calibrate;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.StagePlan;
import dev.kindling.forward.TensorValue;
import dev.kindling.forward.WholeGraph;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.recipe.InitSettings;
import dev.kindling.recipe.Planner;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.RecipeValues;
import dev.kindling.recipe.Rule;
import dev.kindling.recipe.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.DoubleSupplier;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * A model that was calibrated in this JVM, and what ONNX Runtime makes of the whole graph with its
 * weights.
 */
public final class CalibratedModel {
  private static final int SEED = 42;
  private static final RecipeValues VALUES =
      new RecipeValues(
          SEED,
          KernelsLoader.load(KernelsMode.AUTO).kernels(),
          file -> {
            throw new IllegalStateException("no other files");
          });

  private final Model model;
  private final BiFunction<Integer, Integer, Map<String, TensorValue>> rows;
  private final SampleLayout layout;
  private final StagePlan stages;
  private final Lsuv.Outcome outcome;
  private final Map<String, float[]> weights = new HashMap<>();

  /**
   * Calibrates.
   *
   * @param rows returns what a range of rows, first and number, gives to the graph inputs
   */
  public CalibratedModel(
      Model model,
      List<Rule> rules,
      LsuvSettings settings,
      BiFunction<Integer, Integer, Map<String, TensorValue>> rows) {
    this.model = model;
    this.rows = rows;
    this.layout = settings.layout(settings.wantedRows());
    List<Layer> layers = model.graph().orElseThrow().layers();
    Recipe recipe =
        Planner.plan(
                model,
                new InitSettings(SEED, rules, Optional.empty()),
                layers.stream().map(Layer::weight).collect(Collectors.toSet()))
            .recipe();
    Map<String, Shape> shapes = new TreeMap<>();
    rows.apply(0, 1).forEach((input, value) -> shapes.put(input, sampleShape(value)));
    stages = StagePlan.of(model, recipe, layers, shapes, settings.measure());
    List<MicroBatch> sample = new ArrayList<>();
    for (int i = 0; i < layout.microBatches(); i++) {
      sample.add(MicroBatch.of(i, rows.apply(layout.firstRow(i), layout.rowCount(i))));
    }
    outcome =
        new Lsuv(
                settings,
                layout,
                new LocalStageRunner(sample, VALUES),
                Journal.NONE,
                Progress.SILENT)
            .calibrate(stages, recipe);
  }

  private static Shape sampleShape(TensorValue value) {
    return new Shape(value.shape().dims().subList(1, value.shape().rank()));
  }

  /** Returns the results by the name of the layer. */
  public Map<String, LayerResult> results() {
    Map<String, LayerResult> results = new LinkedHashMap<>();
    outcome.layers().forEach(layer -> results.put(layer.layer(), layer));
    return results;
  }

  public Recipe recipe() {
    return outcome.recipe();
  }

  public StagePlan stages() {
    return stages;
  }

  public SampleLayout layout() {
    return layout;
  }

  /**
   * Returns the population variance of tensors of the whole graph over a range of rows.
   *
   * @param wanted names of tensors by layer
   */
  public Map<String, Double> variances(int first, int count, Map<String, String> wanted) {
    Map<String, TensorValue> found = run(first, count, new HashSet<>(wanted.values()));
    Map<String, Double> variances = new LinkedHashMap<>();
    wanted.forEach((layer, tensor) -> variances.put(layer, variance(found.get(tensor).toFloats())));
    return variances;
  }

  /** Returns tensors of the whole graph by layer. */
  public Map<String, float[]> values(int first, int count, Map<String, String> wanted) {
    Map<String, TensorValue> found = run(first, count, new HashSet<>(wanted.values()));
    Map<String, float[]> values = new LinkedHashMap<>();
    wanted.forEach((layer, tensor) -> values.put(layer, found.get(tensor).toFloats()));
    return values;
  }

  /**
   * Returns rows of float32 values.
   *
   * @param numbers returns the source of a row's values
   */
  public static TensorValue rows(
      Shape sample, int first, int count, IntFunction<DoubleSupplier> numbers) {
    int length = Math.toIntExact(sample.elementCount());
    float[] values = new float[count * length];
    for (int row = 0; row < count; row++) {
      DoubleSupplier source = numbers.apply(first + row);
      for (int i = 0; i < length; i++) {
        values[row * length + i] = (float) source.getAsDouble();
      }
    }
    List<Long> dims = new ArrayList<>(List.of((long) count));
    dims.addAll(sample.dims());
    return TensorValue.ofFloats(new Shape(dims), values);
  }

  public GraphProto graph() {
    return model.graph().orElseThrow().onnx().getGraph();
  }

  private Map<String, TensorValue> run(int first, int count, Set<String> wanted) {
    return WholeGraph.run(
        model.graph().orElseThrow().onnx(), weights(), rows.apply(first, count), wanted);
  }

  /** Draws once, which takes most of the time of a large model. */
  private Map<String, float[]> weights() {
    if (weights.isEmpty()) {
      for (RecipeEntry entry : outcome.recipe().entries()) {
        if (entry.source() instanceof Source.Drawn) {
          float[] values = values(entry);
          weights.put(entry.tensor(), values);
          entry.aliases().forEach(alias -> weights.put(alias, values));
        }
      }
    }
    return weights;
  }

  /** Returns the name of each layer's output; a MatMul's bias is added by the next node. */
  public Map<String, String> outputs() {
    List<NodeProto> nodes = graph().getNodeList();
    Map<String, String> outputs = new LinkedHashMap<>();
    for (Layer layer : model.graph().orElseThrow().layers()) {
      NodeProto node =
          nodes.stream().filter(it -> it.getName().equals(layer.node())).findFirst().orElseThrow();
      boolean added = layer.bias().isPresent() && node.getOpType().equals("MatMul");
      outputs.put(layer.name(), added ? addOf(node.getOutput(0), nodes) : node.getOutput(0));
    }
    return outputs;
  }

  private static String addOf(String product, List<NodeProto> nodes) {
    return nodes.stream()
        .filter(it -> it.getOpType().equals("Add") && it.getInputList().contains(product))
        .findFirst()
        .orElseThrow()
        .getOutput(0);
  }

  static double variance(float[] values) {
    double mean = 0;
    for (float value : values) {
      mean += value;
    }
    mean /= values.length;
    double squares = 0;
    for (float value : values) {
      squares += (value - mean) * (value - mean);
    }
    return squares / values.length;
  }

  private static float[] values(RecipeEntry entry) {
    float[] values = new float[Math.toIntExact(entry.shape().elementCount())];
    VALUES.fill(entry, 0, values, 0, values.length);
    return values;
  }
}
