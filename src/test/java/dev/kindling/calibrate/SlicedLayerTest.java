package dev.kindling.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dev.kindling.forward.ChannelAxis;
import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.Slices;
import dev.kindling.forward.Stage;
import dev.kindling.forward.StageOutput;
import dev.kindling.forward.TensorValue;
import dev.kindling.model.Layer;
import dev.kindling.model.Shape;
import dev.kindling.stats.LayerMoments;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Seven channels in slices of three: parts put together are what the whole output gives. */
class SlicedLayerTest {
  private static final int ROWS = 5;
  private static final int CHANNELS = 7;
  private static final Slices SLICES = new Slices(ByteString.EMPTY, "z.input", "w", 1, CHANNELS, 3);
  private static final Stage STAGE =
      new Stage(
          0,
          new Layer("fc", "node", "w", Optional.empty()),
          ByteString.EMPTY,
          List.of("x"),
          List.of(),
          Optional.empty(),
          "z",
          ChannelAxis.LAST,
          List.of("other", "z"),
          Optional.empty(),
          Optional.empty(),
          Optional.of(SLICES));

  static Stream<ChannelGroups> groups() {
    return Stream.of(
        ChannelGroups.TOGETHER,
        ChannelGroups.each(CHANNELS),
        new ChannelGroups(List.of(1, 4, 7)),
        new ChannelGroups(List.of(5, 7)));
  }

  @ParameterizedTest
  @MethodSource("groups")
  void momentsOfPartsAreThoseOfTheWhole(ChannelGroups groups) {
    float[] z = random(ROWS * CHANNELS);
    float[] bias = random(CHANNELS);
    List<LayerMoments> whole =
        new OutputMoments(ChannelAxis.LAST, bias, groups).of(output(z, 0, CHANNELS));

    List<LayerMoments> joined =
        new SlicedLayer(STAGE, groups)
            .moments(Stream.of(0, 1, 2).map(slice -> part(z, bias, groups, slice)).toList());

    assertThat(joined).hasSameSizeAs(whole);
    for (int group = 0; group < whole.size(); group++) {
      assertThat(joined.get(group).count()).isEqualTo(whole.get(group).count());
      for (double scale : new double[] {1, -2}) {
        assertThat(joined.get(group).variance(scale))
            .isCloseTo(whole.get(group).variance(scale), within(1e-12));
      }
    }
  }

  @Test
  void outputIsPutTogetherAndTheInputGoes() {
    float[] z = random(ROWS * CHANNELS);
    TensorValue other = TensorValue.ofFloats(Shape.of(1), new float[] {3});
    MicroBatch left =
        MicroBatch.of(
            4, Map.of("z.input", TensorValue.ofFloats(Shape.of(0), new float[0]), "other", other));
    List<SlicedLayer.Part> parts =
        Stream.of(0, 1, 2)
            .map(slice -> part(z, new float[0], ChannelGroups.TOGETHER, slice))
            .toList();

    assertThat(new SlicedLayer(STAGE, ChannelGroups.TOGETHER).next(left, parts))
        .isEqualTo(
            MicroBatch.of(
                4, Map.of("other", other, "z", TensorValue.ofFloats(Shape.of(ROWS, CHANNELS), z))));
  }

  private static SlicedLayer.Part part(float[] z, float[] bias, ChannelGroups groups, int slice) {
    int from = SLICES.from(slice);
    int to = SLICES.to(slice);
    float[] own = bias.length == 0 ? bias : Arrays.copyOfRange(bias, from, to);
    StageOutput output = output(z, from, to);
    return new SlicedLayer.Part(
        new OutputMoments(ChannelAxis.LAST, own, groups.within(from, to)).of(output),
        List.of(TensorValue.ofFloats(output.shape(), output.z())));
  }

  private static StageOutput output(float[] z, int from, int to) {
    float[] part = new float[ROWS * (to - from)];
    for (int row = 0; row < ROWS; row++) {
      System.arraycopy(z, row * CHANNELS + from, part, row * (to - from), to - from);
    }
    return new StageOutput(Shape.of(ROWS, to - from), part, MicroBatch.of(0, Map.of()));
  }

  private static float[] random(int length) {
    SplittableRandom random = new SplittableRandom(length);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextDouble();
    }
    return values;
  }
}
