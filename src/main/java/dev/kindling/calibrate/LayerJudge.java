package dev.kindling.calibrate;

import dev.kindling.forward.Stage;
import dev.kindling.recipe.PerChannel;
import dev.kindling.stats.LayerMoments;
import java.util.List;
import java.util.Optional;

/** Finds a layer's scale and shift from the moments of its output. */
final class LayerJudge {
  private final LsuvSettings settings;
  private final SampleLayout layout;
  private final Jackknife jackknife;

  /**
   * Prepares to judge.
   *
   * @param layers number of layers in all
   */
  LayerJudge(LsuvSettings settings, SampleLayout layout, int layers) {
    this.settings = settings;
    this.layout = layout;
    this.jackknife = new Jackknife(groups -> GroupScales.solve(groups, settings), layers);
  }

  /**
   * Returns what is done to the layer of a stage.
   *
   * @param bias the layer's bias if it may be shifted, or why not
   */
  CalibratedLayer judge(
      Stage stage, ChannelGroups groups, BiasChoice bias, List<StageMoments> moments) {
    SampleMoments samples = new SampleMoments(moments, layout);
    Fit fit = fit(samples);
    boolean shifted = settings.targetMean().isPresent() && fit.scales().failures() == 0;
    PerChannel shift =
        shifted && bias.refusal().isEmpty()
            ? groups.spread(shifts(samples, fit, bias.factor()))
            : PerChannel.ZERO;
    String refusal = shifted ? bias.refusal() : "";
    return new CalibratedLayer(
        result(stage, samples, fit, refusal),
        new Correction(groups.spread(fit.scales().numbers()), shift));
  }

  /**
   * Scales and where they come from.
   *
   * @param source the sample that they were found on
   * @param used number of samples that were looked at
   */
  private record Fit(GroupScales scales, int source, int used) {}

  private Fit fit(SampleMoments samples) {
    Fit fit = new Fit(GroupScales.solve(samples.sum(0), settings), 0, 1);
    while (fit.used() < layout.samples() && fit.scales().failures() == 0) {
      int next = fit.used();
      if (agrees(fit.scales().variance(samples.sum(next)))) {
        return new Fit(fit.scales(), fit.source(), next + 1);
      }
      fit = new Fit(GroupScales.solve(samples.sum(next), settings), next, next + 1);
    }
    return fit;
  }

  private boolean agrees(double variance) {
    return Math.abs(variance - settings.targetVariance())
        < settings.resample().orElseThrow().tolerance();
  }

  private List<Double> shifts(SampleMoments samples, Fit fit, double factor) {
    return fit
        .scales()
        .lacks(samples.sum(fit.source()), settings.targetMean().orElseThrow())
        .stream()
        .map(lack -> lack / factor)
        .toList();
  }

  private LayerResult result(Stage stage, SampleMoments samples, Fit fit, String refusal) {
    List<LayerMoments> first = samples.sum(0);
    GroupScales unscaled = GroupScales.ones(first.size());
    GroupScales scales = fit.scales();
    boolean leftAlone = scales.failures() == first.size();
    Optional<FreshVariance> fresh =
        leftAlone
            ? Optional.empty()
            : jackknife.of(samples.parts(fit.source()), samples.parts(layout.samples()));
    return new LayerResult(
        stage.layer().name(),
        stage.layer().weight(),
        LayerMoments.merge(first).count(),
        unscaled.mean(first),
        unscaled.variance(first),
        scales.variance(samples.sum(fit.used() - 1)),
        scales.mean(),
        fit.used(),
        fresh,
        leftAlone ? scales.reason() : "",
        leftAlone || scales.failures() == 0 ? refusal : scales.failureNote());
  }
}
