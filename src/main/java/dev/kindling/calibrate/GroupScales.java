package dev.kindling.calibrate;

import dev.kindling.stats.LayerMoments;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Scales of a layer, one per group of channels.
 *
 * @param solutions one per group
 */
record GroupScales(List<ScaleSolver.Solution> solutions) {
  GroupScales {
    solutions = List.copyOf(solutions);
  }

  /** Returns the scales that give every group of a sample the target. */
  static GroupScales solve(List<LayerMoments> groups, LsuvSettings settings) {
    return new GroupScales(
        groups.stream()
            .map(group -> ScaleSolver.solve(group, settings.targetVariance()))
            .map(solution -> solution.within(settings.maxCorrection()))
            .toList());
  }

  /** Returns the scales that change nothing. */
  static GroupScales ones(int groups) {
    return new GroupScales(Collections.nCopies(groups, new ScaleSolver.Solution(1, "")));
  }

  /** Returns the numbers, 1 where there is no scale. */
  List<Double> numbers() {
    return solutions.stream().map(ScaleSolver.Solution::scale).toList();
  }

  /** Returns the number of groups without a scale. */
  int failures() {
    return (int) solutions.stream().filter(solution -> !solution.reason().isEmpty()).count();
  }

  /** Returns why the first group without a scale has none. */
  String reason() {
    return solutions.stream()
        .map(ScaleSolver.Solution::reason)
        .filter(reason -> !reason.isEmpty())
        .findFirst()
        .orElse("");
  }

  /** Returns how many groups have no scale, and why. */
  String failureNote() {
    return "%d of %d parts left alone: %s".formatted(failures(), solutions.size(), reason());
  }

  /** Returns the mean of the scales. */
  double mean() {
    return solutions.stream().mapToDouble(ScaleSolver.Solution::scale).average().orElse(1);
  }

  /** Returns the variance within the groups of {@code scale z + b}, pooled over them. */
  double variance(List<LayerMoments> groups) {
    double squares = 0;
    long count = 0;
    for (int group = 0; group < groups.size(); group++) {
      LayerMoments moments = groups.get(group);
      squares += moments.variance(solutions.get(group).scale()) * moments.count();
      count += moments.count();
    }
    return squares / count;
  }

  /** Returns the mean of {@code scale z + b}. */
  double mean(List<LayerMoments> groups) {
    double sum = 0;
    long count = 0;
    for (int group = 0; group < groups.size(); group++) {
      LayerMoments moments = groups.get(group);
      sum += shifted(group, moments) * moments.count();
      count += moments.count();
    }
    return sum / count;
  }

  /** Returns for each group what its mean lacks to be {@code target}. */
  List<Double> lacks(List<LayerMoments> groups, double target) {
    List<Double> lacks = new ArrayList<>();
    for (int group = 0; group < groups.size(); group++) {
      lacks.add(target - shifted(group, groups.get(group)));
    }
    return lacks;
  }

  /** Returns the logarithm of the variance where there is one. */
  OptionalDouble logVariance(List<LayerMoments> groups) {
    double variance = variance(groups);
    return failures() == 0 && variance > 0 && Double.isFinite(variance)
        ? OptionalDouble.of(StrictMath.log(variance))
        : OptionalDouble.empty();
  }

  private double shifted(int group, LayerMoments moments) {
    return solutions.get(group).scale() * moments.mean() + moments.biasMean();
  }
}
