package dev.kindling.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dev.kindling.forward.ChannelAxis;
import dev.kindling.forward.Measure;
import dev.kindling.forward.Stage;
import dev.kindling.model.Layer;
import dev.kindling.stats.LayerMoments;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LayerJudgeTest {
  private static final BiasChoice NO_SHIFT = new BiasChoice(1, "it has no bias");

  /** The published loop, whose second sample disagrees and whose third agrees with the second. */
  @Test
  void furtherSamplesAreAskedUntilOneAgrees() {
    CalibratedLayer layer = judge(resampling(4), ChannelGroups.TOGETHER, NO_SHIFT, 4, 9, 9.5, 1);
    assertThat(layer.correction().scale().of(0)).isCloseTo(1 / 3.0, within(1e-15));
    assertThat(layer.result().samples()).isEqualTo(3);
    assertThat(layer.result().varianceAfter()).isCloseTo(9.5 / 9, within(1e-15));
    assertThat(layer.result().varianceBefore()).isEqualTo(4);
  }

  @Test
  void theFirstScaleIsAppliedEvenIfTheSecondSampleAgrees() {
    CalibratedLayer layer = judge(resampling(3), ChannelGroups.TOGETHER, NO_SHIFT, 4, 4.1, 9);
    assertThat(layer.correction().scale().of(0)).isEqualTo(0.5);
    assertThat(layer.result().samples()).isEqualTo(2);
  }

  @Test
  void samplesEnd() {
    CalibratedLayer layer = judge(resampling(2), ChannelGroups.TOGETHER, NO_SHIFT, 1, 100);
    assertThat(layer.correction().scale().of(0)).isEqualTo(0.1);
    assertThat(layer.result().samples()).isEqualTo(2);
  }

  @Test
  void aScaleBeyondTheBoundLeavesTheLayerAlone() {
    CalibratedLayer layer =
        judge(
            settings(Optional.empty(), Optional.empty()), ChannelGroups.TOGETHER, NO_SHIFT, 1e-14);
    assertThat(layer.correction()).isEqualTo(Correction.NONE);
    assertThat(layer.result().leftAlone()).isEqualTo("its scale 1.0E7 exceeds lsuv.max-correction");
  }

  /** Weight first, then bias: the shift is what the scaled mean lacks, in units of the bias. */
  @Test
  void theMeanIsMovedAfterTheScale() {
    Stage stage = stage();
    LayerMoments z = new LayerMoments(10, 3, 40, 0.25, 0, 0);
    CalibratedLayer layer =
        new LayerJudge(settings(Optional.of(-1.0), Optional.empty()), SampleLayout.of(10, 10), 1)
            .judge(
                stage,
                ChannelGroups.TOGETHER,
                new BiasChoice(2, ""),
                List.of(new StageMoments(0, List.of(z))));
    assertThat(layer.correction().scale().of(0)).isEqualTo(0.5);
    assertThat(layer.correction().shift().of(0)).isEqualTo((-1 - 1.5 - 0.25) / 2);
  }

  /** One dead channel of two: the other one is scaled, and it is said. */
  @Test
  void deadChannelsKeepTheirWeights() {
    List<StageMoments> moments =
        List.of(
            new StageMoments(
                0,
                List.of(
                    new LayerMoments(10, 0, 40, 0, 0, 0), new LayerMoments(10, 0, 0, 0, 0, 0))));
    CalibratedLayer layer =
        new LayerJudge(settings(Optional.empty(), Optional.empty()), SampleLayout.of(10, 10), 1)
            .judge(stage(), ChannelGroups.each(2), NO_SHIFT, moments);
    assertThat(layer.correction().scale().values()).containsExactly(0.5, 1.0);
    assertThat(layer.result().isLeftAlone()).isFalse();
    assertThat(layer.result().note())
        .isEqualTo("1 of 2 parts left alone: its output does not vary");
  }

  private static LsuvSettings resampling(int passes) {
    return settings(Optional.empty(), Optional.of(new Resample(0.1, passes)));
  }

  private static LsuvSettings settings(Optional<Double> mean, Optional<Resample> resample) {
    return new LsuvSettings(
        10,
        10,
        1,
        mean,
        Measure.OUTPUT,
        Statistic.LAYER,
        FusedBlocks.TOGETHER,
        resample,
        Optional.of(0),
        LsuvSettings.DEFAULT_MAX_CORRECTION);
  }

  /** Judges a layer by the variances of its samples, each of one micro-batch. */
  private static CalibratedLayer judge(
      LsuvSettings settings, ChannelGroups groups, BiasChoice bias, double... variances) {
    List<StageMoments> moments = new ArrayList<>();
    for (double variance : variances) {
      LayerMoments sample = new LayerMoments(10, 0, 10 * variance, 0, 0, 0);
      moments.add(new StageMoments(moments.size(), List.of(sample)));
    }
    return new LayerJudge(settings, settings.layout(10L * settings.samples()), 1)
        .judge(stage(), groups, bias, moments);
  }

  private static Stage stage() {
    return new Stage(
        0,
        new Layer("fc", "node", "fc.weight", Optional.of("fc.bias")),
        ByteString.EMPTY,
        List.of(),
        List.of(),
        Optional.empty(),
        "z",
        ChannelAxis.LAST,
        List.of(),
        Optional.empty());
  }
}
