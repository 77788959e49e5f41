package dev.kindling.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.random.Stream;
import dev.kindling.random.Stream.Purpose;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Moments and distribution of draws at fixed seeds. Each bound is five standard errors of its
 * statistic, two-sided: false-alarm rate 6e-7 for one assertion, below 1e-5 for the class.
 */
@Tag("statistical")
class DistributionTest {
  private static final int COUNT = 1 << 22;
  private static final double ROOT = Math.sqrt(COUNT);
  private static final Stream STREAM = Stream.of(2026, "statistics", Purpose.ELEMENTS);

  private final Kernels kernels = new ScalarKernels();

  /** Var x = 1, Var x^2 = 2, Var x^3 = 15, Var x^4 = 105 - 9 = 96, Var x^6 = 10395 - 225. */
  @Test
  void normalMoments() {
    float[] draws = normals();
    assertMean(draws, x -> x, 0, 1);
    assertMean(draws, x -> x * x, 1, Math.sqrt(2));
    assertMean(draws, x -> x * x * x, 0, Math.sqrt(15));
    assertMean(draws, x -> x * x * x * x, 3, Math.sqrt(96));
    assertMean(draws, x -> Math.pow(x, 6), 15, Math.sqrt(10_170));
    assertMean(draws, x -> x > 0 ? 1 : 0, 0.5, 0.5);
  }

  /** The share beyond c is binomial: SD sqrt(p (1 - p)). */
  @Test
  void normalTails() {
    float[] draws = normals();
    for (double cut : new double[] {1, 2, 3, 4}) {
      double p = Erf.erfc(cut / Math.sqrt(2));
      assertMean(draws, x -> Math.abs(x) > cut ? 1 : 0, p, Math.sqrt(p * (1 - p)));
    }
  }

  /** P(sqrt(n) D &gt; 2.75) = 2 exp(-2 2.75^2) = 5e-7. */
  @Test
  void normalKolmogorovSmirnov() {
    assertThat(ROOT * distance(normals(), x -> 0.5 * Erf.erfc(-x / Math.sqrt(2)))).isLessThan(2.75);
  }

  /** Lags within and between tiles; the product of two independent normals has variance 1. */
  @Test
  void normalNeighboursAreUncorrelated() {
    float[] draws = normals();
    for (int lag : new int[] {1, 2, 4, 16, 32, 48, 63, 64, 65, 1024}) {
      double sum = 0;
      for (int i = 0; i + lag < COUNT; i++) {
        sum += draws[i] * draws[i + lag];
      }
      assertThat(Math.abs(sum / COUNT)).as("lag %d", lag).isLessThan(5 / ROOT);
    }
  }

  /** Var x = 1/3, Var x^2 = 1/5 - 1/9, Var x^4 = 1/9 - 1/25. */
  @Test
  void uniformMoments() {
    float[] draws = uniforms();
    assertMean(draws, x -> x, 0, Math.sqrt(1.0 / 3));
    assertMean(draws, x -> x * x, 1.0 / 3, Math.sqrt(4.0 / 45));
    assertMean(draws, x -> x * x * x * x, 0.2, Math.sqrt(16.0 / 225));
    assertMean(draws, x -> x > 0 ? 1 : 0, 0.5, 0.5);
  }

  @Test
  void uniformKolmogorovSmirnov() {
    assertThat(ROOT * distance(uniforms(), x -> (x + 1) / 2)).isLessThan(2.75);
  }

  /**
   * The 256 upper and the 256 lower values of the lattice's 24 bits are equally frequent.
   * Chi-square with 255 degrees of freedom has mean 255 and SD 22.6; 380 is passed with probability
   * 5e-7.
   */
  @Test
  void uniformBitsAreEven() {
    long[] upper = new long[256];
    long[] lower = new long[256];
    for (float draw : uniforms()) {
      int lattice = (int) ((draw * 0x1p24 + 0x1p24 - 1) / 2);
      upper[lattice >>> 16]++;
      lower[lattice & 255]++;
    }
    assertThat(chiSquare(upper)).isLessThan(380);
    assertThat(chiSquare(lower)).isLessThan(380);
  }

  private float[] normals() {
    float[] draws = new float[COUNT];
    kernels.fill(Variates.standardNormal(STREAM), 0, draws, 0, COUNT);
    return draws;
  }

  private float[] uniforms() {
    float[] draws = new float[COUNT];
    kernels.fill(new Variates(STREAM, new Law.Uniform(), new Affine(1, 0)), 0, draws, 0, COUNT);
    return draws;
  }

  private static void assertMean(
      float[] draws, DoubleUnaryOperator statistic, double expected, double deviation) {
    double sum = 0;
    for (float draw : draws) {
      sum += statistic.applyAsDouble(draw) - expected;
    }
    assertThat(Math.abs(sum / COUNT)).isLessThan(5 * deviation / ROOT);
  }

  private static double distance(float[] draws, DoubleUnaryOperator cdf) {
    Arrays.sort(draws);
    double distance = 0;
    for (int i = 0; i < COUNT; i++) {
      double p = cdf.applyAsDouble(draws[i]);
      distance = Math.max(distance, Math.max(p - (double) i / COUNT, (i + 1.0) / COUNT - p));
    }
    return distance;
  }

  private static double chiSquare(long[] counts) {
    double expected = (double) COUNT / counts.length;
    return Arrays.stream(counts)
        .mapToDouble(count -> (count - expected) * (count - expected) / expected)
        .sum();
  }
}
