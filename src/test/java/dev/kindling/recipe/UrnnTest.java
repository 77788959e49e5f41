package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.Permutation;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Urnn;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parameters of composed unitary matrices; {@code src/test/python/urnn.py} composes one. */
class UrnnTest {
  /** Three rows of angles and four of parts: standard deviations within 5 standard errors. */
  @Test
  void rowsAreAnglesThenParts() {
    int n = 20_000;
    float[] values = drawn(new Urnn(Urnn.Part.ALL), 7, n);
    for (int row = 0; row < 7; row++) {
      double bound = row < 3 ? Math.PI : 1;
      Moments moments = Moments.of(Arrays.copyOfRange(values, row * n, (row + 1) * n));
      double std = bound / Math.sqrt(3);
      assertThat(moments.std()).isCloseTo(std, within(5 * std * Moments.stdError(1.8, n)));
      assertThat(moments.largest()).isBetween(0.999 * bound, (double) (float) bound);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 1000})
  void permutationHoldsEveryNumberOnce(int n) {
    float[] order = drawn(new Permutation(), n);
    float[] sorted = order.clone();
    Arrays.sort(sorted);
    for (int i = 0; i < n; i++) {
      assertThat(sorted[i]).isEqualTo(i);
    }
    float[] matrix = drawn(new Permutation(), n, n);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n && n < 100; j++) {
        assertThat(matrix[i * n + j]).isEqualTo(j == order[i] ? 1 : 0);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "urnn        | 6,9 | urnn keeps all its vectors in 7 rows (expected shape [7, n], found [6, 9])",
        "urnn        | 7   | urnn needs rank 2 or more, the shape is [7]",
        "permutation | 3,4 | (expected shape [n] or [n, n], found [3, 4])",
        "permutation | 16777217 | permutation takes a whole tensor of up to 2^24 numbers"
      })
  void refusesOtherShapes(String scheme, String shape, String message) {
    long[] dims = Arrays.stream(shape.split(",")).mapToLong(Long::parseLong).toArray();
    Scheme chosen = scheme.equals("urnn") ? new Urnn(Urnn.Part.ALL) : new Permutation();
    assertThatThrownBy(() -> Drawn.of(tensor(dims), chosen)).hasMessageContaining(message);
  }

  private static float[] drawn(Scheme scheme, long... dims) {
    return Drawn.of(tensor(dims), scheme).values();
  }

  private static Tensor tensor(long... dims) {
    return Tensor.of("w", Shape.of(dims), Role.DENSE, Layout.OUT_IN);
  }
}
