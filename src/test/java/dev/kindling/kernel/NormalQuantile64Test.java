package dev.kindling.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NormalQuantile64Test {
  /** Largest relative error, that of half a unit in the last place included. */
  private static final double MAX_RELATIVE_ERROR = 1.5e-15;

  private static final long SEAM = Long.MAX_VALUE - NormalQuantile64.TAIL_WORDS;

  /** Exact quantiles have more digits than a double, so the difference is taken in decimals. */
  @Test
  void agreesWithExactQuantiles() throws IOException {
    double worst = 0;
    for (Map.Entry<Long, BigDecimal> known : golden().entrySet()) {
      BigDecimal actual = new BigDecimal(NormalQuantile64.ofWord(known.getKey()));
      BigDecimal error =
          actual.subtract(known.getValue()).divide(known.getValue(), MathContext.DECIMAL64);
      worst = Math.max(worst, error.abs().doubleValue());
    }
    assertThat(worst).isLessThan(MAX_RELATIVE_ERROR);
  }

  /** Both hold the same distribution, so the quantile of the upper half is the 32-bit one. */
  @Test
  void refinesTheQuantileOfTheUpperHalf() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 200_000; i++) {
      long word = (long) random.nextInt() << 32 | 0x80000000L;
      double narrow = NormalQuantile.ofWord((int) (word >> 32));
      assertThat(Math.abs(narrow / NormalQuantile64.ofWord(word) - 1)).isLessThan(4e-7);
    }
  }

  @Test
  void isAntisymmetricInTheComplementOfTheWord() {
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 200_000; i++) {
      long word = random.nextLong();
      assertThat(NormalQuantile64.ofWord(~word)).isEqualTo(-NormalQuantile64.ofWord(word));
    }
  }

  @Test
  void isNeverZeroAndReaches9Point15() {
    assertThat(NormalQuantile64.ofWord(0)).isPositive();
    assertThat(NormalQuantile64.ofWord(-1)).isNegative();
    assertThat(NormalQuantile64.ofWord(Long.MAX_VALUE)).isBetween(9.1552, 9.1553);
    assertThat(NormalQuantile64.ofWord(Long.MIN_VALUE)).isBetween(-9.1553, -9.1552);
  }

  /** From one word in 2^40 to the next the quantile grows, over the seam too. */
  @Test
  void grows() {
    for (long start : new long[] {0, Long.MAX_VALUE / 2, SEAM - (5000L << 40)}) {
      double reached = 0;
      for (long i = 0; i < 10_000; i++) {
        double z = NormalQuantile64.ofWord(start + (i << 40));
        assertThat(z).isGreaterThan(reached);
        reached = z;
      }
    }
  }

  private static Map<Long, BigDecimal> golden() throws IOException {
    Map<Long, BigDecimal> quantiles = new LinkedHashMap<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                NormalQuantile64Test.class.getResourceAsStream(
                    "/golden/normal-quantile/quantiles64.txt"),
                StandardCharsets.UTF_8))) {
      reader
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" "))
          .forEach(pair -> quantiles.put(Long.parseLong(pair[0]), new BigDecimal(pair[1])));
    }
    assertThat(quantiles).hasSizeGreaterThan(1_000);
    return quantiles;
  }
}
