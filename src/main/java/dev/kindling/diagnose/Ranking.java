package dev.kindling.diagnose;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Ranks starts of one model by how well signals keep their size: over the layers, the root mean
 * square of the logarithms of second moments, and of Jacobians' mean square singular values, each
 * around its mean; both together as a typical factor. Layers that put out nothing, or from which
 * nothing reaches the end, do not count; if no layer puts out anything, the start is last.
 */
public final class Ranking {
  /** Starts closer than this factor are alike for any purpose. */
  private static final double ALIKE = StrictMath.log(1.05);

  private Ranking() {}

  /**
   * Returns the starts from best to worst. Those that differ from the best of their place by less
   * than two standard errors, or 5 percent, share it.
   *
   * @param starts diagnoses of each start, one per seed
   */
  public static List<Standing> of(Map<String, List<Diagnosis>> starts) {
    List<Standing> standings = new ArrayList<>();
    starts.forEach((name, seeds) -> standings.add(standing(name, seeds)));
    standings.sort(Comparator.comparingDouble(Standing::departure));
    List<Mean> departures =
        standings.stream().map(it -> new Mean(StrictMath.log(it.departure()), it.error())).toList();
    List<Integer> places = Places.of(departures, ALIKE);
    return IntStream.range(0, standings.size())
        .mapToObj(i -> standings.get(i).at(places.get(i)))
        .toList();
  }

  private static Standing standing(String name, List<Diagnosis> seeds) {
    List<Double> logs = new ArrayList<>();
    double forward = 0;
    double backward = 0;
    for (Diagnosis seed : seeds) {
      double outputs =
          seed.layers().stream().allMatch(layer -> layer.secondMoment() == 0)
              ? Double.POSITIVE_INFINITY
              : spread(seed, LayerSignal::secondMoment);
      double jacobians = spread(seed, layer -> layer.jacobian().map(it -> it.value()).orElse(0.0));
      logs.add(Math.sqrt((outputs * outputs + jacobians * jacobians) / 2));
      forward += outputs / seeds.size();
      backward += jacobians / seeds.size();
    }
    Mean mean = Mean.of(logs);
    return new Standing(
        name,
        0,
        StrictMath.exp(mean.value()),
        mean.error(),
        seeds.size(),
        StrictMath.exp(forward),
        StrictMath.exp(backward));
  }

  /** Root mean square of logarithms around their mean; infinite if a number is not finite. */
  private static double spread(Diagnosis diagnosis, ToDoubleFunction<LayerSignal> number) {
    List<Double> logs = new ArrayList<>();
    for (LayerSignal layer : diagnosis.layers()) {
      double value = number.applyAsDouble(layer);
      if (!Double.isFinite(value)) {
        return Double.POSITIVE_INFINITY;
      }
      if (value > 0) {
        logs.add(StrictMath.log(value));
      }
    }
    double mean = logs.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    double squares = logs.stream().mapToDouble(it -> (it - mean) * (it - mean)).sum();
    return logs.isEmpty() ? 0 : Math.sqrt(squares / logs.size());
  }

  /** Returns the standing in words. */
  public static String why(Standing it) {
    if (!Double.isFinite(it.departure())) {
      return "outputs or Jacobians are not finite, or nothing comes out";
    }
    return "outputs depart by a factor of %s, gradients' squares by %s"
        .formatted(Verdicts.number(it.forward()), Verdicts.number(it.backward()));
  }
}
