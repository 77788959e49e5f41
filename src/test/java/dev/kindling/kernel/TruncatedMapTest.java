package dev.kindling.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.kernel.Law.TruncatedNormal;
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

  static Stream<TruncatedNormal> truncations() {
    return Stream.of(
        new TruncatedNormal(-2, 2),
        new TruncatedNormal(-1, 3),
        new TruncatedNormal(-0.001, 0.001),
        new TruncatedNormal(-1e-12, 1),
        new TruncatedNormal(0, 1),
        new TruncatedNormal(0.5, 0.6),
        new TruncatedNormal(-3, -1),
        new TruncatedNormal(-INFINITY, INFINITY),
        new TruncatedNormal(-INFINITY, 2),
        new TruncatedNormal(-INFINITY, -2),
        new TruncatedNormal(1, INFINITY),
        new TruncatedNormal(5, 6),
        new TruncatedNormal(-6, -5),
        new TruncatedNormal(2.5, 3.5),
        new TruncatedNormal(-8, 8),
        new TruncatedNormal(-9, 1e-4),
        new TruncatedNormal(10, 11),
        new TruncatedNormal(20, INFINITY),
        new TruncatedNormal(36, 36.5));
  }

  /**
   * The probability above a draw, as a share of the interval's, is that of its word. Compared on
   * the nearer side, as an error in z: probability over density.
   */
  @ParameterizedTest
  @MethodSource("truncations")
  void drawSitsAtTheProbabilityOfItsWord(TruncatedNormal truncation) {
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
  void neverLeavesTheInterval(TruncatedNormal truncation) {
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
  void growsWithTheUnsignedWord(TruncatedNormal truncation) {
    TruncatedMap map = TruncatedMap.of(truncation, STANDARD);
    float reached = map.apply(0);
    for (long word = 0; word < 1L << 32; word += 262_147) {
      float value = map.apply((int) word);
      assertThat(value).isGreaterThanOrEqualTo(reached - 3 * Math.ulp(reached));
      reached = Math.max(reached, value);
    }
  }

  /**
   * As for float32, but probabilities are only as good as those of the ends: 1e-12 of the
   * interval's, and Commons Math's own 1e-13.
   */
  @ParameterizedTest
  @MethodSource("truncations")
  void float64DrawSitsAtTheProbabilityOfItsWord(TruncatedNormal truncation) {
    TruncatedMap64 map = TruncatedMap64.of(truncation, STANDARD);
    SplittableRandom random = new SplittableRandom(4);
    double least = truncation.low();
    double greatest = truncation.high();
    for (int i = 0; i < WORDS; i++) {
      long word = random.nextLong();
      double z = map.apply(word);
      double share = ((word >>> 11) + 0.5) * 0x1p-53;
      double density = Math.exp(-z * z / 2 - logMass(truncation)) / Math.sqrt(2 * Math.PI);
      assertThat(Math.abs(share(least, z, truncation) - share) / density)
          .as("word %d, z %s", word, z)
          .isLessThan(2e-12 / density + 1e-14 * Math.max(1, Math.abs(z)));
      assertThat(z).isBetween(least, greatest);
    }
  }

  @ParameterizedTest
  @MethodSource("truncations")
  void float64DrawRefinesThatOfTheUpperHalf(TruncatedNormal truncation) {
    TruncatedMap narrow = TruncatedMap.of(truncation, STANDARD);
    TruncatedMap64 wide = TruncatedMap64.of(truncation, STANDARD);
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < WORDS; i++) {
      int word = random.nextInt();
      double one = wide.apply((long) word << 32);
      double next = wide.apply((long) word << 32 | 0xFFFFFFFFL);
      float z = narrow.apply(word);
      double density = Math.exp(-one * one / 2 - logMass(truncation)) / Math.sqrt(2 * Math.PI);
      double error = 1e-6 * Math.max(Math.abs(z), 1e-6) + 0x1p-31 / density;
      assertThat((double) z).isBetween(one - error, next + error);
    }
  }

  @Test
  void symmetricIntervalsGiveAntisymmetricDraws() {
    TruncatedMap map = TruncatedMap.of(new TruncatedNormal(-2, 2), STANDARD);
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < WORDS; i++) {
      int word = random.nextInt();
      assertThat(map.apply(~word)).isEqualTo(-map.apply(word));
    }
  }

  @Test
  void mirroredIntervalsGiveMirroredDraws() {
    TruncatedMap above = TruncatedMap.of(new TruncatedNormal(1, 3), STANDARD);
    TruncatedMap below = TruncatedMap.of(new TruncatedNormal(-3, -1), STANDARD);
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
    assertThatThrownBy(() -> new TruncatedNormal(2, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("truncation is not an interval: from 2.0 to 2.0");
    assertThatThrownBy(() -> new TruncatedNormal(Double.NaN, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("truncation is not an interval: from NaN to 2.0");
    assertThatThrownBy(() -> new TruncatedNormal(37, 38))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("truncation lies beyond 36.0 standard deviations: from 37.0 to 38.0");
  }

  private static double bound(double z, Affine affine) {
    return Double.isInfinite(z) && affine.factor() == 0
        ? z
        : z * affine.factor() + affine.summand();
  }

  /** P(low < Z < z) / P(low < Z < high), from the side that loses no digits. */
  private static double share(double low, double z, TruncatedNormal truncation) {
    return Math.exp(logBetween(low, z) - logMass(truncation));
  }

  private static double logMass(TruncatedNormal truncation) {
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
