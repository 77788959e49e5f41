package dev.kindling.datastart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class BoltzmannMachineTest {
  /** One visible and one hidden unit, worked out by hand from the formula. */
  @Test
  void takesOneStepOfContrastiveDivergence() {
    BoltzmannMachine machine =
        new BoltzmannMachine(new double[] {2}, new double[] {-1}, new double[] {0.5});
    double p = sigmoid(2 * 0.75 + 0.5);
    double again = sigmoid(2 * 1 - 1);
    double pAgain = sigmoid(2 * again + 0.5);

    BoltzmannMachine.Contrast on = machine.contrast(0, new float[] {0.75f}, new float[] {0.5f});
    assertThat(on.weights()[0]).isCloseTo(p * 0.75 - pAgain * again, within(1e-15));
    assertThat(on.visible()[0]).isCloseTo(0.75 - again, within(1e-15));
    assertThat(on.hidden()[0]).isCloseTo(p - pAgain, within(1e-15));
    assertThat(on.error()).isCloseTo((0.75 - again) * (0.75 - again), within(1e-15));

    BoltzmannMachine.Contrast off = machine.contrast(1, new float[] {0.75f}, new float[] {0.95f});
    assertThat(off.visible()[0]).isCloseTo(0.75 - sigmoid(-1), within(1e-15));

    BoltzmannMachine next = machine.after(List.of(on, off), 0.1);
    assertThat(next.visible()[0])
        .isCloseTo(-1 + 0.1 / 2 * (on.visible()[0] + off.visible()[0]), within(1e-15));
    assertThat(next.weights()[0])
        .isCloseTo(2 + 0.1 / 2 * (on.weights()[0] + off.weights()[0]), within(1e-15));
  }

  @Test
  void rowsOfABatchAddUp() {
    BoltzmannMachine machine =
        new BoltzmannMachine(
            new double[] {0.1, -0.2, 0.3, 0.4, 0.5, -0.6},
            new double[] {0, 0.1, 0.2},
            new double[] {0.3, -0.1});
    float[] rows = {1, 0, 0.5f, 0, 1, 1};
    float[] uniforms = {0.1f, 0.9f, 0.5f, 0.4f};
    BoltzmannMachine.Contrast both = machine.contrast(0, rows, uniforms);
    BoltzmannMachine.Contrast first =
        machine.contrast(0, new float[] {1, 0, 0.5f}, new float[] {0.1f, 0.9f});
    BoltzmannMachine.Contrast second =
        machine.contrast(1, new float[] {0, 1, 1}, new float[] {0.5f, 0.4f});

    assertThat(both.rows()).isEqualTo(2);
    for (int i = 0; i < 6; i++) {
      assertThat(both.weights()[i])
          .isCloseTo(first.weights()[i] + second.weights()[i], within(1e-14));
    }
    assertThat(both.error()).isCloseTo(first.error() + second.error(), within(1e-14));
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
