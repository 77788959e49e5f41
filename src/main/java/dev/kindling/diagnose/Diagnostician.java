package dev.kindling.diagnose;

import dev.kindling.diagnose.LayerSignal.Estimate;
import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.Probe;
import dev.kindling.forward.ProbePlan;
import dev.kindling.forward.TensorValue;
import dev.kindling.kernel.Kernels;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Passes a sample through a model and says how signals travel. */
public final class Diagnostician {
  private final List<MicroBatch> sample;
  private final int directions;
  private final Kernels kernels;

  /**
   * Prepares to diagnose starts on one sample.
   *
   * @param sample micro-batches in order; the first axis of data counts samples
   * @param directions random directions per layer and micro-batch
   * @param kernels what draws directions
   */
  public Diagnostician(List<MicroBatch> sample, int directions, Kernels kernels) {
    this.sample = List.copyOf(sample);
    this.directions = directions;
    this.kernels = kernels;
  }

  /**
   * Diagnoses a start.
   *
   * @param recipe the start
   * @param values what generates its tensors
   * @throws dev.kindling.base.InputException if the graph cannot be run on the sample
   * @throws dev.kindling.base.ResourceException if memory does not suffice
   */
  public Diagnosis diagnose(ProbePlan plan, Recipe recipe, TensorValues values) {
    try (Probe probe = new Probe(plan, recipe, values)) {
      return diagnose(probe, recipe, 0, 1);
    }
  }

  /**
   * Diagnoses some of a start's layers: those whose index leaves {@code part} when divided by
   * {@code parts}. The first part has all attentions, which cost a pass each. {@link
   * Diagnosis#joined} puts the parts together.
   *
   * @param probe runs the start
   * @param recipe the start
   */
  public Diagnosis diagnose(Probe probe, Recipe recipe, int part, int parts) {
    List<ProbePlan.Site> sites = every(probe.plan().sites(), part, parts);
    Map<String, OutputStatistics> statistics = forward(probe, sites);
    List<LayerSignal> layers = new ArrayList<>();
    for (ProbePlan.Site site : sites) {
      layers.add(signal(site, recipe, statistics.get(site.value()), backward(probe, site, recipe)));
    }
    return new Diagnosis(
        sample.stream().mapToInt(Diagnostician::rows).sum(),
        rows(sample.get(0)),
        directions * sample.size(),
        layers,
        part == 0 ? attentions(probe) : List.of(),
        probe.plan().remarks());
  }

  private static <T> List<T> every(List<T> all, int part, int parts) {
    return IntStream.range(0, all.size())
        .filter(i -> i % parts == part)
        .mapToObj(all::get)
        .toList();
  }

  private Map<String, OutputStatistics> forward(Probe probe, List<ProbePlan.Site> sites) {
    Map<String, OutputStatistics> statistics = new LinkedHashMap<>();
    for (ProbePlan.Site site : sites) {
      statistics.put(site.value(), new OutputStatistics(site.activation(), site.axis()));
    }
    if (!sites.isEmpty()) {
      for (MicroBatch rows : sample) {
        Map<String, TensorValue> outputs = probe.run(rows, statistics.keySet());
        statistics.forEach((value, it) -> it.add(outputs.get(value), rows(rows)));
      }
    }
    return statistics;
  }

  private Optional<Estimate> backward(Probe probe, ProbePlan.Site site, Recipe recipe) {
    List<ProbePlan.Site> sites = probe.plan().sites();
    ProbePlan.Site last = sites.get(sites.size() - 1);
    return directions == 0 || site.equals(last)
        ? Optional.empty()
        : Optional.of(
            new BackwardEstimator(probe, sample, directions, recipe.seed(), kernels)
                .estimate(site, last));
  }

  private LayerSignal signal(
      ProbePlan.Site site, Recipe recipe, OutputStatistics it, Optional<Estimate> jacobian) {
    return new LayerSignal(
        site.layer().name(),
        scheme(recipe, site.layer().weight()),
        site.activation(),
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
    for (String name : probe.plan().attentions()) {
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
