package dev.kindling.calibrate;

import dev.kindling.calibrate.ScaleSolver.Solution;
import dev.kindling.forward.Stage;
import dev.kindling.recipe.PerChannel;
import dev.kindling.stats.LayerMoments;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds the scale of a layer that is measured behind its activation, by trying scales on the stored
 * output: no try runs the network again.
 *
 * <p>The interval on fresh rows takes the activation as homogeneous near the scale that was found,
 * in which case a scale found without a micro-batch is the whole one times a closed form: exact for
 * ReLU without a bias, otherwise to first order, since fit and check bend alike.
 */
final class ActivationJudge {
  private final LsuvSettings settings;
  private final SampleLayout layout;
  private final Jackknife jackknife;

  /**
   * Prepares to judge.
   *
   * @param layers number of layers in all
   */
  ActivationJudge(LsuvSettings settings, SampleLayout layout, int layers) {
    this.settings = settings;
    this.layout = layout;
    this.jackknife = new Jackknife(groups -> GroupScales.solve(groups, settings), layers);
  }

  /**
   * Returns what is done to the layer of a stage.
   *
   * @param measure returns the moments of the activation under a scale
   */
  CalibratedLayer judge(
      Stage stage, ChannelGroups groups, Function<PerChannel, List<StageMoments>> measure) {
    Tries tries = new Tries(groups, measure);
    SampleMoments before = tries.with(GroupScales.ones(groups.count()));
    Fit fit = fit(tries, before);
    return new CalibratedLayer(
        result(stage, before, fit),
        new Correction(groups.spread(fit.scales().numbers()), PerChannel.ZERO));
  }

  /** Tries scales out. */
  private final class Tries {
    private final ChannelGroups groups;
    private final Function<PerChannel, List<StageMoments>> measure;

    Tries(ChannelGroups groups, Function<PerChannel, List<StageMoments>> measure) {
      this.groups = groups;
      this.measure = measure;
    }

    SampleMoments with(GroupScales scales) {
      return new SampleMoments(measure.apply(groups.spread(scales.numbers())), layout);
    }
  }

  /**
   * Scales and where they come from.
   *
   * @param moments all samples under these scales
   * @param source the sample that they were found on
   * @param used number of samples that were looked at
   */
  private record Fit(GroupScales scales, SampleMoments moments, int source, int used) {}

  private Fit fit(Tries tries, SampleMoments before) {
    Fit fit = search(tries, before, 0);
    while (fit.used() < layout.samples() && fit.scales().failures() == 0) {
      int next = fit.used();
      if (agrees(variance(fit.moments().sum(next)))) {
        return new Fit(fit.scales(), fit.moments(), fit.source(), next + 1);
      }
      fit = search(tries, before, next);
    }
    return fit;
  }

  private boolean agrees(double variance) {
    return Math.abs(variance - settings.targetVariance())
        < settings.resample().orElseThrow().tolerance();
  }

  /** All groups are tried at once, each with a scale of its own. */
  private Fit search(Tries tries, SampleMoments before, int sample) {
    List<ScaleSearch> searches =
        Stream.generate(() -> new ScaleSearch(settings.targetVariance(), settings.maxCorrection()))
            .limit(before.sum(0).size())
            .toList();
    SampleMoments moments = before;
    tell(searches, moments.sum(sample));
    while (!searches.stream().allMatch(ScaleSearch::isDone)) {
      moments = tries.with(scales(searches));
      tell(searches, moments.sum(sample));
    }
    // Groups that were given up after the last try have gone back to 1.
    GroupScales found = scales(searches);
    return new Fit(found, found.failures() == 0 ? moments : tries.with(found), sample, sample + 1);
  }

  private static void tell(List<ScaleSearch> searches, List<LayerMoments> groups) {
    IntStream.range(0, groups.size())
        .filter(group -> !searches.get(group).isDone())
        .forEach(group -> searches.get(group).tell(groups.get(group)));
  }

  private static GroupScales scales(List<ScaleSearch> searches) {
    List<Solution> solutions = new ArrayList<>();
    searches.forEach(search -> solutions.add(search.solution()));
    return new GroupScales(solutions);
  }

  private LayerResult result(Stage stage, SampleMoments before, Fit fit) {
    List<LayerMoments> first = before.sum(0);
    GroupScales scales = fit.scales();
    boolean leftAlone = scales.failures() == first.size();
    Optional<FreshVariance> fresh =
        leftAlone
            ? Optional.empty()
            : jackknife.of(
                fit.moments().parts(fit.source()), fit.moments().parts(layout.samples()));
    String operator = stage.activation().orElseThrow().operator();
    return new LayerResult(
        stage.layer().name(),
        stage.layer().weight(),
        LayerMoments.merge(first).count(),
        GroupScales.ones(first.size()).mean(first),
        variance(first),
        variance(fit.moments().sum(fit.used() - 1)),
        scales.mean(),
        fit.used(),
        fresh,
        leftAlone ? behind(operator) + scales.reason() : "",
        leftAlone ? "" : note(scales, operator));
  }

  private static String note(GroupScales scales, String operator) {
    return scales.failures() == 0
        ? "measured behind its " + operator
        : behind(operator) + scales.failureNote();
  }

  private static String behind(String operator) {
    return "behind its %s ".formatted(operator);
  }

  private static double variance(List<LayerMoments> groups) {
    return GroupScales.ones(groups.size()).variance(groups);
  }
}
