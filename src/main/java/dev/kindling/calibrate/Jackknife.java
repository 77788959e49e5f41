package dev.kindling.calibrate;

import dev.kindling.stats.LayerMoments;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * The variance on fresh rows, and how far it is known: the scale is as random as the rows that it
 * was found on, so micro-batches are left out one by one on both sides.
 *
 * <p><b>Formula.</b> With t the logarithm of the check's variance under the scale of the fit, t(-i)
 * the same without micro-batch i of n, and their mean m: V = (n - 1) / n sum (t(-i) - m)^2, one V
 * for each side, added. The interval is {@code exp(t +- q sqrt(V))} with q Student's quantile of 1
 * - 0.05 / (2 layers) (Bonferroni) for the degrees of freedom of Satterthwaite.
 *
 * <p>Sources: Efron, Stein 1981, The jackknife estimate of variance, equation 1.4, <a
 * href="https://doi.org/10.1214/aos/1176345462">doi:10.1214/aos/1176345462</a>; Arvesen 1969,
 * Jackknifing U-statistics (two samples), <a
 * href="https://doi.org/10.1214/aoms/1177697287">doi:10.1214/aoms/1177697287</a>; Satterthwaite
 * 1946, <a href="https://doi.org/10.2307/3002019">doi:10.2307/3002019</a>.
 */
final class Jackknife {
  private static final double ERROR_RATE = 0.05;

  private final Function<List<LayerMoments>, GroupScales> solve;
  private final int layers;

  /**
   * Prepares to judge.
   *
   * @param solve finds scales from the moments of a sample
   * @param layers number of layers that are judged, among which the error rate is shared
   */
  Jackknife(Function<List<LayerMoments>, GroupScales> solve, int layers) {
    this.solve = solve;
    this.layers = layers;
  }

  /**
   * Returns variance and interval, or nothing if there are fewer than two micro-batches on a side
   * or no scale without one of them.
   *
   * @param fit moments of the sample that scales are found on, by micro-batch and group
   * @param check moments of the check
   */
  Optional<FreshVariance> of(List<List<LayerMoments>> fit, List<List<LayerMoments>> check) {
    if (fit.size() < 2 || check.size() < 2) {
      return Optional.empty();
    }
    GroupScales scales = solve.apply(MomentSums.all(fit));
    List<LayerMoments> checked = MomentSums.all(check);
    OptionalDouble whole = scales.logVariance(checked);
    List<OptionalDouble> withoutFit =
        MomentSums.withoutEach(fit).stream()
            .map(rest -> solve.apply(rest).logVariance(checked))
            .toList();
    List<OptionalDouble> withoutCheck =
        MomentSums.withoutEach(check).stream().map(scales::logVariance).toList();
    if (whole.isEmpty()
        || withoutFit.stream().anyMatch(OptionalDouble::isEmpty)
        || withoutCheck.stream().anyMatch(OptionalDouble::isEmpty)) {
      return Optional.empty();
    }
    return Optional.of(
        interval(
            whole.getAsDouble(),
            variance(withoutFit),
            fit.size(),
            variance(withoutCheck),
            check.size()));
  }

  private FreshVariance interval(double log, double ofFit, int fit, double ofCheck, int check) {
    double variance = ofFit + ofCheck;
    if (variance == 0) {
      return new FreshVariance(StrictMath.exp(log), StrictMath.exp(log), StrictMath.exp(log));
    }
    double freedom =
        variance * variance / (ofFit * ofFit / (fit - 1) + ofCheck * ofCheck / (check - 1));
    double quantile =
        new TDistribution(null, freedom)
            .inverseCumulativeProbability(1 - ERROR_RATE / (2 * layers));
    double half = quantile * Math.sqrt(variance);
    return new FreshVariance(
        StrictMath.exp(log), StrictMath.exp(log - half), StrictMath.exp(log + half));
  }

  private static double variance(List<OptionalDouble> values) {
    double mean = values.stream().mapToDouble(OptionalDouble::getAsDouble).sum() / values.size();
    double squares =
        values.stream()
            .mapToDouble(value -> (value.getAsDouble() - mean) * (value.getAsDouble() - mean))
            .sum();
    return squares * (values.size() - 1) / values.size();
  }
}
