package dev.kindling.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.stats.LayerMoments;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The closed form against searches on the values themselves. */
class ScaleSolverTest {
  private static final int CHANNELS = 8;
  private static final int ROWS = 50;

  private final double[] z = new double[CHANNELS * ROWS];
  private final double[] b = new double[CHANNELS * ROWS];

  @ParameterizedTest
  @CsvSource({
    "0.7, 0, 0, 1",
    "1e-4, 0, 0, 1",
    "300, 5, 0, 1",
    "0.7, 0, 0.5, 1",
    "2, -3, 0.9, 1",
    "0.01, 1, 0.2, 2.5",
    "5, 0, 0.05, 0.01"
  })
  void givesTheTargetAsBisectionDoes(double std, double mean, double biasStd, double target) {
    draw(std, mean, biasStd, 0);

    ScaleSolver.Solution solution = ScaleSolver.solve(moments(), target);

    assertThat(solution.reason()).isEmpty();
    assertThat(variance(solution.scale())).isCloseTo(target, within(1e-10 * target));
    assertThat(solution.scale()).isCloseTo(bisect(target), within(1e-9 * solution.scale()));
  }

  /** A bias that works against z: the variance falls before it rises, and there are two roots. */
  @Test
  void takesTheLargerOfTwoPositiveRoots() {
    draw(0.3, 0, 0.5, -1.5);
    assertThat(variance(0)).isGreaterThan(1);
    double lowest = lowest();
    assertThat(variance(lowest)).isLessThan(1);

    ScaleSolver.Solution solution = ScaleSolver.solve(moments(), 1);

    assertThat(variance(solution.scale())).isCloseTo(1, within(1e-10));
    assertThat(solution.scale()).isGreaterThan(lowest);
  }

  @Test
  void saysSoIfTheBiasAloneVariesTooMuch() {
    draw(1, 0, 3, 0);
    ScaleSolver.Solution solution = ScaleSolver.solve(moments(), 1);
    assertThat(solution.scale()).isEqualTo(1);
    assertThat(solution.reason())
        .startsWith("no scale gives variance 1.0, its bias alone has ")
        .endsWith(String.valueOf((float) variance(0)));
  }

  @Test
  void refusesNegativeRoots() {
    draw(1, 0, 0.5, 1.5);
    assertThat(variance(0)).isGreaterThan(1);
    assertThat(ScaleSolver.solve(moments(), 1).reason()).startsWith("no scale gives variance 1.0");
  }

  @Test
  void leavesAnOutputAloneThatDoesNotVary() {
    LayerMoments constant = new LayerMoments(10, 3, 0, 0, 2, 0);
    assertThat(ScaleSolver.solve(constant, 1))
        .isEqualTo(new ScaleSolver.Solution(1, "its output does not vary"));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void leavesAnOutputAloneThatIsNotFinite(double value) {
    ScaleSolver.Solution notFinite = new ScaleSolver.Solution(1, "its output is not finite");
    assertThat(ScaleSolver.solve(new LayerMoments(10, 0, value, 0, 0, 0), 1)).isEqualTo(notFinite);
    assertThat(ScaleSolver.solve(new LayerMoments(10, value, 3, 0, 0, 0), 1)).isEqualTo(notFinite);
  }

  @Test
  void leavesAnOutputAloneThatHasNoElements() {
    assertThat(ScaleSolver.solve(LayerMoments.NONE, 1).reason())
        .isEqualTo("no row of the sample reached it");
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-300, 1e300})
  void refusesScalesThatFloat32DoesNotHave(double variance) {
    ScaleSolver.Solution solution = ScaleSolver.solve(new LayerMoments(1, 0, variance, 0, 0, 0), 1);
    assertThat(solution.scale()).isEqualTo(1);
    assertThat(solution.reason()).startsWith("no scale of float32 gives variance 1.0");
  }

  /** Draws z, and a bias per channel that also follows the channel's mean of z. */
  private void draw(double std, double mean, double biasStd, double follow) {
    SplittableRandom random = new SplittableRandom(7);
    for (int channel = 0; channel < CHANNELS; channel++) {
      double shift = follow == 0 ? 0 : random.nextDouble() * 4 - 2;
      double bias = biasStd * (random.nextDouble() - 0.5) * Math.sqrt(12) + follow * shift;
      for (int row = 0; row < ROWS; row++) {
        z[channel * ROWS + row] =
            (float) (mean + shift + std * (random.nextDouble() - 0.5) * Math.sqrt(12));
        b[channel * ROWS + row] = bias;
      }
    }
  }

  private LayerMoments moments() {
    float[] values = new float[z.length];
    for (int i = 0; i < z.length; i++) {
      values[i] = (float) z[i];
    }
    LayerMoments moments = LayerMoments.NONE;
    for (int channel = 0; channel < CHANNELS; channel++) {
      int start = channel * ROWS;
      moments = moments.merge(LayerMoments.ofChannel(values, start, 1, ROWS, b[start]));
    }
    return moments;
  }

  private double variance(double scale) {
    double sum = 0;
    for (int i = 0; i < z.length; i++) {
      sum += scale * z[i] + b[i];
    }
    double squares = 0;
    for (int i = 0; i < z.length; i++) {
      double deviation = scale * z[i] + b[i] - sum / z.length;
      squares += deviation * deviation;
    }
    return squares / z.length;
  }

  private double bisect(double target) {
    double low = lowest();
    double high = Math.max(1, 2 * low);
    while (variance(high) < target) {
      high *= 2;
    }
    for (int i = 0; i < 200; i++) {
      double middle = (low + high) / 2;
      if (variance(middle) < target) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /** Returns the scale of least variance, at least zero, by ternary search. */
  private double lowest() {
    double low = 0;
    double high = 100;
    for (int i = 0; i < 300; i++) {
      double third = (high - low) / 3;
      if (variance(low + third) < variance(high - third)) {
        high -= third;
      } else {
        low += third;
      }
    }
    return low;
  }
}
