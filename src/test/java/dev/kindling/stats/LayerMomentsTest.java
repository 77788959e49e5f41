package dev.kindling.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayerMomentsTest {
  @ParameterizedTest
  @CsvSource({"0, 1", "1e6, 1", "-3e7, 2", "5, 1e-3", "0, 1e15", "0, 1e-30"})
  void channelAgreesWithExactArithmetic(double mean, double std) {
    float[] z = normals(1, 10_007, mean, std);

    LayerMoments moments = LayerMoments.ofChannel(z, 0, 1, z.length, 0);

    Exact exact = Exact.of(z, new double[z.length]);
    assertThat(moments.count()).isEqualTo(z.length);
    assertThat(moments.mean()).isCloseTo(exact.mean(), relative(exact.mean(), 1e-13, std * 1e-13));
    assertThat(moments.squares()).isCloseTo(exact.squares(), relative(exact.squares(), 1e-12, 0));
  }

  @Test
  void channelReadsItsStrideOnly() {
    float[] z = normals(2, 400, 0, 1);
    float[] channel = new float[99];
    for (int i = 0; i < channel.length; i++) {
      channel[i] = z[3 + 4 * i];
    }

    assertThat(LayerMoments.ofChannel(z, 3, 4, 99, 0.5))
        .isEqualTo(LayerMoments.ofChannel(channel, 0, 1, 99, 0.5));
  }

  @Test
  void emptyChannelIsNothing() {
    assertThat(LayerMoments.ofChannel(new float[0], 0, 1, 0, 3)).isEqualTo(LayerMoments.NONE);
  }

  @Test
  void constantChannelHasVarianceZero() {
    float[] z = new float[1001];
    java.util.Arrays.fill(z, 0.1f);
    LayerMoments moments = LayerMoments.ofChannel(z, 0, 1, z.length, 0);
    assertThat(moments.mean()).isCloseTo(0.1f, within(1e-15));
    assertThat(moments.variance(1)).isLessThan(1e-30);
  }

  /** Merged channels with their own biases equal the direct computation over all elements. */
  @Property(tries = 100, seed = "4")
  void mergedChannelsAgreeWithExactArithmetic(
      @ForAll @IntRange(min = 1, max = 8) int channels,
      @ForAll @IntRange(min = 1, max = 60) int length,
      @ForAll @IntRange(min = 0, max = 1000) int seed) {
    float[] z = new float[channels * length];
    double[] bias = new double[z.length];
    LayerMoments moments = LayerMoments.NONE;
    Random random = new Random(seed);
    for (int channel = 0; channel < channels; channel++) {
      double b = random.nextGaussian();
      for (int i = 0; i < length; i++) {
        z[channel * length + i] = (float) (3 * channel + random.nextGaussian());
        bias[channel * length + i] = b;
      }
      moments = moments.merge(LayerMoments.ofChannel(z, channel * length, 1, length, b));
    }

    Exact exact = Exact.of(z, bias);
    double size = 1e-12 * (1 + exact.squares() + exact.biasSquares());
    assertThat(moments.count()).isEqualTo(z.length);
    assertThat(moments.mean()).isCloseTo(exact.mean(), within(1e-12));
    assertThat(moments.biasMean()).isCloseTo(exact.biasMean(), within(1e-12));
    assertThat(moments.squares()).isCloseTo(exact.squares(), within(size));
    assertThat(moments.biasSquares()).isCloseTo(exact.biasSquares(), within(size));
    assertThat(moments.coMoment()).isCloseTo(exact.coMoment(), within(size));
    for (double scale : new double[] {0, 1, 0.3, -2}) {
      assertThat(moments.variance(scale))
          .isCloseTo(directVariance(z, bias, scale), within(size * (1 + scale * scale)));
    }
  }

  @Property(tries = 100, seed = "5")
  void mergingIsAssociativeUpToRounding(
      @ForAll @IntRange(min = 0, max = 50) int first,
      @ForAll @IntRange(min = 0, max = 50) int second,
      @ForAll @IntRange(min = 0, max = 50) int third) {
    LayerMoments a = LayerMoments.ofChannel(normals(1, first, 1e6, 1), 0, 1, first, 1);
    LayerMoments b = LayerMoments.ofChannel(normals(2, second, 1e6, 1), 0, 1, second, -2);
    LayerMoments c = LayerMoments.ofChannel(normals(3, third, 1e6, 1), 0, 1, third, 0.5);

    LayerMoments left = a.merge(b).merge(c);
    LayerMoments right = a.merge(b.merge(c));

    assertThat(left.count()).isEqualTo(right.count());
    assertThat(left.mean()).isCloseTo(right.mean(), within(1e-9));
    assertThat(left.squares()).isCloseTo(right.squares(), within(1e-8 * (1 + right.squares())));
    assertThat(left.biasSquares()).isCloseTo(right.biasSquares(), within(1e-11));
    assertThat(left.coMoment()).isCloseTo(right.coMoment(), within(1e-7));
  }

  @Test
  void nothingIsNeutralToTheBit() {
    LayerMoments moments = LayerMoments.ofChannel(normals(6, 100, 2, 3), 0, 1, 100, 0.7);
    assertThat(moments.merge(LayerMoments.NONE)).isEqualTo(moments);
    assertThat(LayerMoments.NONE.merge(moments)).isEqualTo(moments);
  }

  /** The textbook formula E x^2 - (E x)^2 in float32 gives -131072 here. */
  @Test
  void mergesManyPiecesFarFromZero() {
    int piece = 1_000;
    LayerMoments moments = LayerMoments.NONE;
    float[] all = new float[200 * piece];
    for (int i = 0; i < 200; i++) {
      float[] z = normals(100 + i, piece, 1e6, 1);
      System.arraycopy(z, 0, all, i * piece, piece);
      moments = moments.merge(LayerMoments.ofChannel(z, 0, 1, piece, 0));
    }
    Exact exact = Exact.of(all, new double[all.length]);
    assertThat(moments.variance(1)).isCloseTo(exact.squares() / all.length, within(1e-9));
    assertThat(moments.mean()).isCloseTo(exact.mean(), within(1e-8));
  }

  @Test
  void keepsNaNAndInfinity() {
    assertThat(LayerMoments.ofChannel(new float[] {1, Float.NaN}, 0, 1, 2, 0).variance(1)).isNaN();
    assertThat(
            LayerMoments.ofChannel(new float[] {1, Float.POSITIVE_INFINITY}, 0, 1, 2, 0)
                .variance(1))
        .isNaN();
    assertThat(LayerMoments.NONE.variance(1)).isNaN();
  }

  @Test
  void rejectsANegativeCount() {
    assertThatThrownBy(() -> new LayerMoments(-1, 0, 0, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("count is negative: -1");
  }

  @Test
  void survivesJavaSerialisation() throws Exception {
    LayerMoments moments = LayerMoments.ofChannel(normals(6, 10, 2, 3), 0, 1, 10, 0.7);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(moments);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(moments);
    }
  }

  private static float[] normals(long seed, int count, double mean, double std) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (mean + std * random.nextGaussian());
    }
    return values;
  }

  private static double directVariance(float[] z, double[] bias, double scale) {
    double mean = 0;
    for (int i = 0; i < z.length; i++) {
      mean += (scale * z[i] + bias[i]) / z.length;
    }
    double variance = 0;
    for (int i = 0; i < z.length; i++) {
      variance += Math.pow(scale * z[i] + bias[i] - mean, 2) / z.length;
    }
    return variance;
  }

  private static Offset<Double> relative(double value, double factor, double atLeast) {
    return within(Math.abs(value) * factor + atLeast);
  }

  /** The definitions in decimal arithmetic of 60 digits. */
  private record Exact(
      double mean, double squares, double biasMean, double biasSquares, double coMoment) {
    private static final MathContext DIGITS = new MathContext(60);

    static Exact of(float[] z, double[] bias) {
      BigDecimal n = BigDecimal.valueOf(z.length);
      BigDecimal mean = BigDecimal.ZERO;
      BigDecimal biasMean = BigDecimal.ZERO;
      for (int i = 0; i < z.length; i++) {
        mean = mean.add(new BigDecimal(z[i]));
        biasMean = biasMean.add(new BigDecimal(bias[i]));
      }
      mean = mean.divide(n, DIGITS);
      biasMean = biasMean.divide(n, DIGITS);
      BigDecimal squares = BigDecimal.ZERO;
      BigDecimal biasSquares = BigDecimal.ZERO;
      BigDecimal coMoment = BigDecimal.ZERO;
      for (int i = 0; i < z.length; i++) {
        BigDecimal dz = new BigDecimal(z[i]).subtract(mean);
        BigDecimal db = new BigDecimal(bias[i]).subtract(biasMean);
        squares = squares.add(dz.multiply(dz, DIGITS), DIGITS);
        biasSquares = biasSquares.add(db.multiply(db, DIGITS), DIGITS);
        coMoment = coMoment.add(dz.multiply(db, DIGITS), DIGITS);
      }
      return new Exact(
          mean.doubleValue(),
          squares.doubleValue(),
          biasMean.doubleValue(),
          biasSquares.doubleValue(),
          coMoment.doubleValue());
    }
  }
}
