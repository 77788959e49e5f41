package dev.kindling.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.kernel.Kernels.Affine;
import dev.kindling.kernel.Kernels.Truncation;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TruncatedMapTest {
  private static final double INFINITY = Double.POSITIVE_INFINITY;
  private static final Affine STANDARD = new Affine(1, 0);
  private static final int WORDS = 20_000;

  static Stream<Truncation> truncations() {
    return Stream.of(
        new Truncation(-2, 2),
        new Truncation(-1, 3),
        new Truncation(-0.001, 0.001),
        new Truncation(-1e-12, 1),
        new Truncation(0, 1),
        new Truncation(0.5, 0.6),
        new Truncation(-3, -1),
        new Truncation(-INFINITY, INFINITY),
        new Truncation(-INFINITY, 2),
        new Truncation(-INFINITY, -2),
        new Truncation(1, INFINITY),
        new Truncation(5, 6),
        new Truncation(-6, -5),
        new Truncation(2.5, 3.5),
        new Truncation(-8, 8),
        new Truncation(-9, 1e-4),
        new Truncation(10, 11),
        new Truncation(20, INFINITY),
        new Truncation(36, 36.5));
  }

  /**
   * The probability above a draw, as a share of the interval's, is that of its word. Compared on
   * the nearer side, as an error in z: probability over density.
   */
  @ParameterizedTest
  @MethodSource("truncations")
  void drawSitsAtTheProbabilityOfItsWord(Truncation truncation) {
    TruncatedMap map = TruncatedMap.of(truncation, STANDARD);
    SplittableRandom random = new SplittableRandom(1);
    double width = Math.min(truncation.high(), 37.5) - Math.max(truncation.low(), -37.5);
    for (int i = 0; i < WORDS; i++) {
      int word = random.nextInt();
      double z = map.apply(word);
      double share = (Integer.toUnsignedLong(word) + 0.5) * 0x1p-32;
      double low = share(truncation.low(), z, truncation);
      double density = Math.exp(-z * z / 2 - logMass(truncation)) / Math.sqrt(2 * Math.PI);
      assertThat(Math.abs(low - share) / density)
          .as("word %d, z %s", word, z)
          .isLessThan(4e-7 * Math.max(Math.abs(z), Math.min(width, 1)) + 0x1p-31 / density);
    }
  }

  @ParameterizedTest
  @MethodSource("truncations")
  void neverLeavesTheInterval(Truncation truncation) {
    for (Affine affine :
        new Affine[] {
          STANDARD,
          new Affine(0.3f, -0.1f),
          new Affine(-0.3f, 0.7f),
          new Affine(1e-3f, 5f),
          new Affine(0, 2)
        }) {
      TruncatedMap map = TruncatedMap.of(truncation, affine);
      double one = bound(truncation.low(), affine);
      double other = bound(truncation.high(), affine);
      SplittableRandom random = new SplittableRandom(2);
      for (int i = 0; i < WORDS; i++) {
        int word = i < 1000 ? i - 500 : i < 2000 ? Integer.MIN_VALUE + i - 1500 : random.nextInt();
        double value = map.apply(word);
        assertThat(value).as("word %d", word).isBetween(Math.min(one, other), Math.max(one, other));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("truncations")
  void growsWithTheUnsignedWord(Truncation truncation) {
    TruncatedMap map = TruncatedMap.of(truncation, STANDARD);
    float reached = map.apply(0);
    for (long word = 0; word < 1L << 32; word += 262_147) {
      float value = map.apply((int) word);
      assertThat(value).isGreaterThanOrEqualTo(reached - 3 * Math.ulp(reached));
      reached = Math.max(reached, value);
    }
  }

  @Test
  void symmetricIntervalsGiveAntisymmetricDraws() {
    TruncatedMap map = TruncatedMap.of(new Truncation(-2, 2), STANDARD);
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < WORDS; i++) {
      int word = random.nextInt();
      assertThat(map.apply(~word)).isEqualTo(-map.apply(word));
    }
  }

  @Test
  void mirroredIntervalsGiveMirroredDraws() {
    TruncatedMap above = TruncatedMap.of(new Truncation(1, 3), STANDARD);
    TruncatedMap below = TruncatedMap.of(new Truncation(-3, -1), STANDARD);
    for (int word = -1000; word < 1000; word++) {
      assertThat(below.apply(~word)).isEqualTo(-above.apply(word));
    }
  }

  @Test
  void tailProbabilitiesAgreeWithCommonsMath() {
    for (double z = 0; z < 37; z += 0.01) {
      double expected = Erf.erfc(z / Math.sqrt(2)) / 2;
      assertThat(Math.abs(NormalTail.above(z) / expected - 1)).as("z %s", z).isLessThan(1e-12);
    }
    assertThat(NormalTail.above(INFINITY)).isZero();
  }

  @Test
  void refusesWhatIsNoInterval() {
    assertThatThrownBy(() -> new Truncation(2, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("truncation is not an interval: from 2.0 to 2.0");
    assertThatThrownBy(() -> new Truncation(Double.NaN, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("truncation is not an interval: from NaN to 2.0");
    assertThatThrownBy(() -> new Truncation(37, 38))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("truncation lies beyond 36.0 standard deviations: from 37.0 to 38.0");
  }

  private static double bound(double z, Affine affine) {
    return Double.isInfinite(z) && affine.factor() == 0
        ? z
        : z * affine.factor() + affine.summand();
  }

  /** P(low < Z < z) / P(low < Z < high), from the side that loses no digits. */
  private static double share(double low, double z, Truncation truncation) {
    return Math.exp(logBetween(low, z) - logMass(truncation));
  }

  private static double logMass(Truncation truncation) {
    return logBetween(truncation.low(), truncation.high());
  }

  private static double logBetween(double from, double to) {
    double a = from / Math.sqrt(2);
    double b = to / Math.sqrt(2);
    if (a >= 0) {
      return Math.log((Erf.erfc(a) - Erf.erfc(b)) / 2);
    }
    return b <= 0
        ? Math.log((Erf.erfc(-b) - Erf.erfc(-a)) / 2)
        : Math.log((Erf.erf(b) - Erf.erf(a)) / 2);
  }
}
