package dev.kindling.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;

class NormalQuantileTest {
  /** Largest relative error. */
  private static final double MAX_RELATIVE_ERROR = 3e-7;

  private static final int SEAM = Integer.MAX_VALUE - (1 << 22);

  @Test
  void agreesWithExactQuantiles() throws IOException {
    golden()
        .forEach(
            (word, exact) ->
                assertThat(Math.abs(NormalQuantile.ofWord(word) / exact - 1))
                    .as("word %d", word)
                    .isLessThan(MAX_RELATIVE_ERROR));
  }

  /** The reference of the dense test below, held to exact quantiles first. */
  @Test
  void commonsMathAgreesWithExactQuantiles() throws IOException {
    golden()
        .forEach(
            (word, exact) ->
                assertThat(Math.abs(reference(word) / exact - 1))
                    .as("word %d", word)
                    .isLessThan(1e-13));
  }

  @Test
  void agreesWithCommonsMathDensely() {
    double worst = 0;
    for (int word = 0; word >= 0; word += 16_411) {
      worst = Math.max(worst, relativeError(word));
    }
    for (int i = 0; i < 20_000; i++) {
      worst = Math.max(worst, relativeError(i));
      worst = Math.max(worst, relativeError(Integer.MAX_VALUE - i));
      worst = Math.max(worst, relativeError(SEAM - 10_000 + i));
    }
    assertThat(worst).isLessThan(MAX_RELATIVE_ERROR);
  }

  @Test
  void isAntisymmetricInTheComplementOfTheWord() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 1_000_000; i++) {
      int word = random.nextInt();
      assertSameBits(NormalQuantile.ofWord(~word), -NormalQuantile.ofWord(word));
    }
    assertSameBits(NormalQuantile.ofWord(-1), -NormalQuantile.ofWord(0));
    assertSameBits(
        NormalQuantile.ofWord(Integer.MIN_VALUE), -NormalQuantile.ofWord(Integer.MAX_VALUE));
  }

  @Test
  void isFiniteAndNeverZeroAndReaches6Point3() {
    assertThat(NormalQuantile.ofWord(0)).isPositive();
    assertThat(NormalQuantile.ofWord(-1)).isNegative();
    assertThat(NormalQuantile.ofWord(Integer.MAX_VALUE)).isBetween(6.3379f, 6.3380f);
    assertThat(NormalQuantile.ofWord(Integer.MIN_VALUE)).isBetween(-6.3380f, -6.3379f);
  }

  /**
   * Rounding may take a neighbour back by a few units in the last place (at most 3 over all 2^31
   * words of one sign), but over 4,096 words, 1e-6 of the probability, the quantile always grows.
   */
  @Test
  void grows() {
    float reached = 0;
    for (int word = 0; word >= 0; word += 4_096) {
      float z = NormalQuantile.ofWord(word);
      assertThat(z).as("word %d", word).isGreaterThanOrEqualTo(reached);
      reached = z;
    }
  }

  @Test
  void neighboursNeverFallBackByMoreThanRounding() {
    for (int start : new int[] {0, 106_070_213 - 50_000, SEAM - 50_000, 2_147_383_647}) {
      float reached = 0;
      for (int i = 0; i < 100_000; i++) {
        float z = NormalQuantile.ofWord(start + i);
        assertThat(z).isGreaterThanOrEqualTo(reached - 3 * Math.ulp(reached));
        reached = Math.max(reached, z);
      }
    }
  }

  private static double relativeError(int word) {
    return Math.abs(NormalQuantile.ofWord(word) / reference(word) - 1);
  }

  /** 2 p - 1 is (2 word + 1) / 2^32, exact in double, so no tail is lost. */
  private static double reference(int word) {
    return Math.sqrt(2) * Erf.erfInv((2L * word + 1) * 0x1p-32);
  }

  private static void assertSameBits(float actual, float expected) {
    assertThat(Float.floatToRawIntBits(actual)).isEqualTo(Float.floatToRawIntBits(expected));
  }

  private static Map<Integer, Double> golden() throws IOException {
    Map<Integer, Double> quantiles = new LinkedHashMap<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                NormalQuantileTest.class.getResourceAsStream(
                    "/golden/normal-quantile/quantiles.txt"),
                StandardCharsets.UTF_8))) {
      reader
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" "))
          .forEach(pair -> quantiles.put(Integer.parseInt(pair[0]), Double.parseDouble(pair[1])));
    }
    assertThat(quantiles).hasSizeGreaterThan(1_000);
    return quantiles;
  }
}
