package dev.kindling.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.kernel.Law;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.apache.commons.numbers.gamma.InverseErf;
import org.junit.jupiter.api.Test;

/** The tests of draws see what is wrong, and nothing where nothing is. */
class DrawStatisticsTest {
  private static final int COUNT = 1_000_000;
  private static final ExactLaw NORMAL = ExactLaw.of(new Law.Normal());

  @Test
  void soundDrawsPass() {
    assertThat(alarms(draws -> draws)).isEmpty();
  }

  @Test
  void seesAShift() {
    assertThat(alarms(draws -> each(draws, x -> x + 0.01)))
        .contains("moment 1", "Kolmogorov-Smirnov", "Anderson-Darling");
  }

  @Test
  void seesAScale() {
    assertThat(alarms(draws -> each(draws, x -> x * 1.01))).contains("moment 2");
  }

  @Test
  void seesHeavyAndMissingTails() {
    assertThat(alarms(draws -> each(draws, x -> Math.abs(x) > 3 ? 1.2 * x : x)))
        .contains("moment 4", "lower tail of 1e-05", "upper tail of 1e-05", "beyond 4 sigma");
    assertThat(alarms(draws -> each(draws, x -> Math.abs(x) > 3 ? 0.9 * x : x)))
        .contains("moment 4", "lower tail of 1e-03");
  }

  @Test
  void seesCorrelation() {
    assertThat(alarms(DrawStatisticsTest::echo)).containsExactly("lag 64");
  }

  @Test
  void seesDrawsThatAreTooEven() {
    double[] even = new double[COUNT];
    for (int i = 0; i < COUNT; i++) {
      even[i] = 2 * (i + 0.5) / COUNT - 1;
    }
    assertThat(alarms(ExactLaw.of(new Law.Uniform()), even, 20)).contains("Anderson-Darling");
  }

  @Test
  void seesValuesOutsideOfTheSupport() {
    double[] draws = new double[COUNT];
    draws[7] = 1.5;
    assertThat(alarms(ExactLaw.of(new Law.Uniform()), draws, 1)).contains("support");
  }

  /** Moments of a normal truncated at two standard deviations, by integration (schemes' notes). */
  @Test
  void truncatedMomentsAreRight() {
    ExactLaw law = ExactLaw.of(new Law.TruncatedNormal(-2, 2));
    assertThat(Math.sqrt(law.centralMoment(2))).isCloseTo(0.87962566103423978, within(1e-12));
    assertThat(law.centralMoment(4) / Math.pow(law.centralMoment(2), 2))
        .isCloseTo(2.3655, within(5e-5));
    assertThat(law.below(2)).isCloseTo(1, within(1e-15));
  }

  private static List<String> alarms(UnaryOperator<double[]> change) {
    SplittableRandom random = new SplittableRandom(4);
    double[] draws = random.doubles(COUNT).map(DrawStatisticsTest::quantile).toArray();
    return alarms(NORMAL, change.apply(draws), 1);
  }

  private static List<String> alarms(ExactLaw law, double[] draws, int times) {
    DrawStatistics statistics = new DrawStatistics(law);
    for (int i = 0; i < times; i++) {
      statistics.add(draws.clone());
    }
    return statistics.findings().stream().filter(Finding::alarms).map(Finding::test).toList();
  }

  private static double quantile(double u) {
    return Math.sqrt(2) * InverseErf.value(2 * u - 1);
  }

  private static double[] each(double[] draws, DoubleUnaryOperator change) {
    return Arrays.stream(draws).map(change).toArray();
  }

  /** Mixes every draw with the one 64 before it, so that the law stays. */
  private static double[] echo(double[] draws) {
    double[] mixed = draws.clone();
    double share = 0.01;
    for (int i = 64; i < draws.length; i++) {
      mixed[i] = share * mixed[i - 64] + Math.sqrt(1 - share * share) * draws[i];
    }
    return mixed;
  }
}
