package dev.kindling.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.forward.ChannelAxis;
import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.StageOutput;
import dev.kindling.model.Shape;
import dev.kindling.stats.LayerMoments;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputMomentsTest {
  private static final Offset<Double> CLOSE = within(1e-9);

  /** Extents and the number of elements behind one channel index. */
  @ParameterizedTest
  @CsvSource({
    "SECOND, 4 3 5 7, 35",
    "SECOND, 3 5 9, 9",
    "SECOND, 2 3 2 2 2, 8",
    "SECOND, 6 11, 1",
    "SECOND, 1 1 4 4, 16",
    "LAST, 6 11, 1",
    "LAST, 3 5 9, 1",
    "LAST, 2 3 4 5, 1"
  })
  void equalsANaiveComputation(ChannelAxis axis, String extents, int inner) {
    long[] dims = Arrays.stream(extents.split(" ")).mapToLong(Long::parseLong).toArray();
    Shape shape = Shape.of(dims);
    int channels = (int) dims[axis == ChannelAxis.SECOND ? 1 : dims.length - 1];
    float[] z = random(1, (int) shape.elementCount());
    float[] bias = random(2, channels);

    LayerMoments found = OutputMoments.of(output(shape, z), axis, bias);

    double[] spread = new double[z.length];
    for (int i = 0; i < z.length; i++) {
      spread[i] = bias[i / inner % channels];
    }
    assertThat(found.count()).isEqualTo(z.length);
    assertThat(found.mean()).isCloseTo(mean(doubles(z)), CLOSE);
    assertThat(found.biasMean()).isCloseTo(mean(spread), CLOSE);
    assertThat(found.squares()).isCloseTo(product(doubles(z), doubles(z)), CLOSE);
    assertThat(found.biasSquares()).isCloseTo(product(spread, spread), CLOSE);
    assertThat(found.coMoment()).isCloseTo(product(doubles(z), spread), CLOSE);
  }

  @Test
  void oneBiasForAllShiftsTheMeanOnly() {
    float[] z = random(3, 24);
    LayerMoments with =
        OutputMoments.of(output(Shape.of(2, 3, 4), z), ChannelAxis.SECOND, new float[] {0.5f});
    LayerMoments without =
        OutputMoments.of(output(Shape.of(2, 3, 4), z), ChannelAxis.SECOND, new float[0]);
    assertThat(with.biasMean()).isEqualTo(0.5);
    assertThat(without.biasMean()).isZero();
    assertThat(with.variance(2)).isEqualTo(without.variance(2));
  }

  @Test
  void refusesABiasOfAnotherLength() {
    StageOutput output = output(Shape.of(2, 3, 4), random(3, 24));
    assertThatThrownBy(() -> OutputMoments.of(output, ChannelAxis.LAST, new float[] {1, 2, 3}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a bias of 3 values for an output of shape [2, 3, 4]");
  }

  private static StageOutput output(Shape shape, float[] z) {
    return new StageOutput(shape, z, MicroBatch.of(0, Map.of()));
  }

  private static float[] random(long seed, int length) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) (random.nextDouble() * 2 - 0.5);
    }
    return values;
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).sum() / values.length;
  }

  private static double product(double[] a, double[] b) {
    double meanA = mean(a);
    double meanB = mean(b);
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - meanA) * (b[i] - meanB);
    }
    return sum;
  }
}
