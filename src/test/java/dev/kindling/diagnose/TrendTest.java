package dev.kindling.diagnose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrendTest {
  @Test
  void aFactorAllTheWayBeginsAtTheFirstLayer() {
    Trend trend = Trend.of(numbers(50, 0, 0.5));
    assertThat(trend.from()).isZero();
    assertThat(trend.rate()).isCloseTo(0.5, within(0.01));
  }

  @Test
  void aLaterBeginningIsFound() {
    Trend trend = Trend.of(numbers(30, 7, 0.41));
    assertThat(trend.from()).isBetween(6, 8);
    assertThat(trend.rate()).isCloseTo(0.41, within(0.02));
    assertThat(Trend.of(numbers(30, 26, 3)).from()).isBetween(25, 27);
  }

  @Test
  void noiseAloneIsNoTrend() {
    assertThat(Trend.of(numbers(40, 0, 1)).rate()).isCloseTo(1, within(0.01));
    assertThat(Trend.of(List.of(1.0, 1.0, 1.0))).isEqualTo(new Trend(0, 1));
  }

  /** A level, and behind {@code from} a factor per layer; each number is up to 10 percent off. */
  private static List<Double> numbers(int count, int from, double factor) {
    SplittableRandom random = new SplittableRandom(1);
    return IntStream.range(0, count)
        .mapToObj(i -> Math.pow(factor, Math.max(0, i - from)) * random.nextDouble(0.9, 1.1))
        .toList();
  }
}
