package dev.kindling.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleSearchTest {
  private static final double BOUND = 1e6;

  @Test
  void withoutABiasReluTakesOneStep() {
    Searched found = search(1, s -> 0.34 * s * s);
    assertThat(found.tries()).isEqualTo(2);
    assertThat(found.search().scale()).isCloseTo(1 / Math.sqrt(0.34), within(1e-12));
  }

  /**
   * A normal z through ReLU with a bias b: with a = b / s, Var = s^2 ((1 + a^2) Phi(a) + a phi(a) -
   * (a Phi(a) + phi(a))^2).
   */
  @ParameterizedTest
  @CsvSource({"0.5, 1", "3, 1", "-2, 1", "-2, 100", "0.1, 1e-6", "1, 1e4"})
  void findsTheScaleOfReluWithABias(double bias, double target) {
    DoubleUnaryOperator variance = s -> rectified(s, bias);
    Searched found = search(target, variance);
    assertThat(found.search().solution().reason()).isEmpty();
    assertThat(variance.applyAsDouble(found.search().scale()) / target)
        .isCloseTo(1, within(ScaleSearch.TOLERANCE));
    assertThat(found.tries()).isLessThan(12);
  }

  /** Half a unit in the last place of float32 is noise that a secant must live with. */
  @Test
  void livesWithTheRoundingOfFloat32() {
    Searched found = search(1, s -> (float) rectified((float) s, 0.7));
    assertThat(found.search().solution().reason()).isEmpty();
  }

  @Test
  void halvesWhereASecantWouldNotArrive() {
    Searched found = search(0.5, s -> s < 3 ? 1e-9 * s : 0.5 * Math.pow(s / 4, 8));
    assertThat(found.search().scale()).isCloseTo(4, within(1e-5));
    assertThat(found.tries()).isLessThan(ScaleSearch.MAX_TRIES);
  }

  @Test
  void saysWhyThereIsNone() {
    assertThat(reason(1, s -> 0)).isEqualTo("its output does not vary");
    assertThat(reason(1, s -> Double.NaN)).isEqualTo("its output is not finite");
    assertThat(reason(1, s -> 0.9 * s / (1 + s)))
        .isEqualTo(
            "no scale within lsuv.max-correction gives variance 1.0, the outermost gives 0.8999991");
    assertThat(reason(1, s -> s < 2 ? 0.5 : 2)).isEqualTo("no scale was found in 40 tries");
  }

  private static String reason(double target, DoubleUnaryOperator variance) {
    ScaleSearch search = search(target, variance).search();
    assertThat(search.scale()).isEqualTo(1);
    return search.solution().reason();
  }

  private record Searched(ScaleSearch search, int tries) {}

  private static Searched search(double target, DoubleUnaryOperator variance) {
    ScaleSearch search = new ScaleSearch(target, BOUND);
    int tries = 0;
    while (!search.isDone()) {
      search.tell(variance.applyAsDouble(search.scale()));
      tries++;
    }
    return new Searched(search, tries);
  }

  private static double rectified(double s, double bias) {
    NormalDistribution normal = new NormalDistribution(null, 0, 1);
    double a = bias / s;
    double mean = a * normal.cumulativeProbability(a) + normal.density(a);
    double square = (1 + a * a) * normal.cumulativeProbability(a) + a * normal.density(a);
    return s * s * (square - mean * mean);
  }
}
