package dev.kindling.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.kernel.ScalarKernels;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WiderPerceptronTest {
  private static final List<Integer> NARROW = List.of(5, 3, 4, 2);
  private static final List<Integer> WIDE = List.of(5, 9, 7, 2);

  private static final Perceptron SMALL = Perceptron.of(NARROW, vector(18 + 16 + 10));

  private static double[] vector(int length) {
    SplittableRandom random = new SplittableRandom(4);
    return IntStream.range(0, length).mapToDouble(i -> random.nextDouble(-2, 2)).toArray();
  }

  @Test
  void keepsMllibsOrder() {
    Perceptron one = Perceptron.of(List.of(2, 3), new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
    // Columns of [out, in] one after the other: output 0 has the weights 1 and 4.
    assertThat(one.outputs(new double[] {1, 10})).containsExactly(41 + 7, 52 + 8, 63 + 9);
    assertThat(one.vector()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(SMALL.units()).isEqualTo(NARROW);
  }

  @Test
  void computesTheSameOnceWider() {
    Perceptron wide = SMALL.widened(WIDE, 11);

    assertThat(wide.units()).isEqualTo(WIDE);
    for (int i = 0; i < 20; i++) {
      double[] x = vector(5 + i);
      double[] input = IntStream.range(0, 5).mapToDouble(j -> x[x.length - 1 - j]).toArray();
      assertThat(wide.outputs(input)).containsExactly(SMALL.outputs(input), within(1e-13));
    }
    assertThat(SMALL.widened(NARROW, 11).vector()).containsExactly(SMALL.vector());
    assertThat(SMALL.widened(WIDE, 12).vector()).isNotEqualTo(wide.vector());
  }

  @Test
  void noiseFallsOnCopiesOnly() {
    Perceptron wide = SMALL.widened(WIDE, 11);
    Perceptron noisy = wide.withNoise(NARROW, 0.01, 11, new ScalarKernels());
    Affine before = wide.layers().get(0);
    Affine after = noisy.layers().get(0);

    for (int i = 0; i < before.weights().length; i++) {
      boolean copy = i >= 3 * 5;
      assertThat(after.weights()[i] != before.weights()[i]).isEqualTo(copy);
      // Normals that float32 words give do not exceed 6.4.
      assertThat(after.weights()[i]).isCloseTo(before.weights()[i], within(0.07 * before.size()));
    }
    assertThat(noisy.layers().get(2).weights()).containsExactly(wide.layers().get(2).weights());
  }

  @Test
  void refusesToBecomeNarrower() {
    assertThatThrownBy(() -> SMALL.widened(List.of(5, 2, 4, 2), 1))
        .hasMessage("hidden layer 0 would become narrower (expected at least 3 units, found 2)");
  }
}
