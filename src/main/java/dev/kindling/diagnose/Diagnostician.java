package dev.kindling.diagnose;

import dev.kindling.diagnose.LayerSignal.Estimate;
import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.Probe;
import dev.kindling.forward.TensorValue;
import dev.kindling.kernel.Kernels;
import dev.kindling.model.Activation;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.recipe.Block;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.Source;
import dev.kindling.recipe.TensorValues;
import dev.kindling.scheme.Schemes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Passes a sample through a model and says how signals travel. */
public final class Diagnostician {
  private final Model model;
  private final Map<String, Shape> sampleShapes;
  private final List<MicroBatch> sample;
  private final int directions;
  private final Kernels kernels;

  /**
   * Prepares to diagnose starts of one model on one sample.
   *
   * @param model a model with a graph
   * @param sample micro-batches in order; the first axis of data counts samples
   * @param directions random directions per layer and micro-batch
   * @param kernels what draws directions
   */
  public Diagnostician(Model model, List<MicroBatch> sample, int directions, Kernels kernels) {
    this.model = model;
    this.sample = List.copyOf(sample);
    this.directions = directions;
    this.kernels = kernels;
    this.sampleShapes = new TreeMap<>();
    sample
        .get(0)
        .live()
        .forEach(
            (input, value) ->
                sampleShapes.put(
                    input, new Shape(value.shape().dims().subList(1, value.shape().rank()))));
  }

  /**
   * Diagnoses a start.
   *
   * @param recipe the start
   * @param values what generates its tensors
   * @throws dev.kindling.base.InputException if the graph cannot be run on the sample
   * @throws dev.kindling.base.ResourceException if memory does not suffice
   */
  public Diagnosis diagnose(Recipe recipe, TensorValues values) {
    try (Probe probe = new Probe(model, recipe, sampleShapes, values)) {
      Map<String, OutputStatistics> statistics = forward(probe);
      List<LayerSignal> layers = new ArrayList<>();
      for (Probe.Site site : probe.sites()) {
        layers.add(
            signal(site, recipe, statistics.get(site.value()), backward(probe, site, recipe)));
      }
      return new Diagnosis(
          sample.stream().mapToInt(Diagnostician::rows).sum(),
          rows(sample.get(0)),
          directions * sample.size(),
          layers,
          attentions(probe),
          probe.remarks());
    }
  }

  private Map<String, OutputStatistics> forward(Probe probe) {
    Map<String, OutputStatistics> statistics = new LinkedHashMap<>();
    for (Probe.Site site : probe.sites()) {
      statistics.put(
          site.value(), new OutputStatistics(activation(site.layer().weight()), site.axis()));
    }
    for (MicroBatch rows : sample) {
      Map<String, TensorValue> outputs = probe.run(rows, statistics.keySet());
      statistics.forEach((value, it) -> it.add(outputs.get(value), rows(rows)));
    }
    return statistics;
  }

  private Optional<Estimate> backward(Probe probe, Probe.Site site, Recipe recipe) {
    Probe.Site last = probe.sites().get(probe.sites().size() - 1);
    return directions == 0 || site.equals(last)
        ? Optional.empty()
        : Optional.of(
            new BackwardEstimator(probe, sample, directions, recipe.seed(), kernels)
                .estimate(site, last));
  }

  private LayerSignal signal(
      Probe.Site site, Recipe recipe, OutputStatistics it, Optional<Estimate> jacobian) {
    return new LayerSignal(
        site.layer().name(),
        scheme(recipe, site.layer().weight()),
        activation(site.layer().weight()),
        it.mean(),
        it.variance(),
        it.secondMoment(),
        it.saturated(),
        it.dead(),
        it.effectiveRank(),
        it.cosine(),
        jacobian);
  }

  private List<AttentionSignal> attentions(Probe probe) {
    List<AttentionSignal> signals = new ArrayList<>();
    for (String name : probe.attentions()) {
      TensorValue weights = probe.run(sample.get(0), List.of(name)).get(name);
      int length = Math.toIntExact(weights.shape().dim(weights.shape().rank() - 1));
      if (weights.shape().rank() >= 3 && length > 1) {
        signals.add(
            new AttentionSignal(name, entropy(weights.toFloats(), length), StrictMath.log(length)));
      }
    }
    return signals;
  }

  static double entropy(float[] weights, int length) {
    double sum = 0;
    for (float weight : weights) {
      sum -= weight > 0 ? weight * StrictMath.log(weight) : 0;
    }
    return sum / ((double) weights.length / length);
  }

  private static int rows(MicroBatch microBatch) {
    return Math.toIntExact(microBatch.live().values().iterator().next().shape().dim(0));
  }

  private Activation activation(String weight) {
    return model.tensors().stream()
        .filter(tensor -> tensor.name().equals(weight) || tensor.aliases().contains(weight))
        .map(Tensor::activation)
        .findFirst()
        .orElse(Activation.NONE);
  }

  private static String scheme(Recipe recipe, String weight) {
    return recipe.entry(weight).source() instanceof Source.Drawn drawn
        ? drawn.blocks().stream()
            .map(Block::scheme)
            .map(Schemes::name)
            .distinct()
            .collect(Collectors.joining(", "))
        : recipe.entry(weight).isKept() ? "kept" : "computed";
  }
}
