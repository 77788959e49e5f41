package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.base.ConfigurationException;
import dev.kindling.kernel.ScalarKernels;
import dev.kindling.model.Layout;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.Convention;
import dev.kindling.scheme.Unitary;
import dev.kindling.scheme.Unitary.Encoding;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How tensors hold unitary matrices. */
class UnitaryTest {
  @Test
  void pairsAreRealAndImaginaryParts() {
    float[] w = drawn(plan(Encoding.PAIRS, tensor("w", 5, 5, 2)), "w");
    for (int a = 0; a < 5; a++) {
      for (int b = 0; b < 5; b++) {
        double re = 0;
        double im = 0;
        for (int k = 0; k < 5; k++) {
          double x = w[(a * 5 + k) * 2];
          double y = w[(a * 5 + k) * 2 + 1];
          double u = w[(b * 5 + k) * 2];
          double v = w[(b * 5 + k) * 2 + 1];
          re += x * u + y * v;
          im += y * u - x * v;
        }
        assertThat(re).isCloseTo(a == b ? 1 : 0, within(3e-7));
        assertThat(im).isCloseTo(0, within(3e-7));
      }
    }
  }

  /** Both tensors are halves of the matrix that one of pairs with the common name would hold. */
  @ParameterizedTest
  @CsvSource({"_re, _im", ".real, .imag"})
  void partsBelongTogether(String real, String imaginary) {
    Recipe recipe =
        plan(Encoding.PARTS, tensor("rnn.w" + real, 4, 6), tensor("rnn.w" + imaginary, 4, 6));
    float[] pairs = drawn(plan(Encoding.PAIRS, tensor("rnn.w", 4, 6, 2)), "rnn.w");
    float[] re = drawn(recipe, "rnn.w" + real);
    float[] im = drawn(recipe, "rnn.w" + imaginary);
    for (int i = 0; i < re.length; i++) {
      assertThat(re[i]).isEqualTo(pairs[2 * i]);
      assertThat(im[i]).isEqualTo(pairs[2 * i + 1]);
    }
  }

  /** [[A, -B], [B, A]] times (real, imaginary) is the product with A + iB; in-out is transposed. */
  @ParameterizedTest
  @CsvSource({"3, 5", "5, 3", "4, 4"})
  void blockFormActsOnRealAboveImaginary(int m, int n) {
    float[] pairs = drawn(plan(Encoding.PAIRS, tensor("w", m, n, 2)), "w");
    float[] block = drawn(plan(Encoding.BLOCK, tensor("w", 2L * m, 2L * n)), "w");
    Tensor inOut = Tensor.of("w", Shape.of(2L * m, 2L * n), Role.DENSE, Layout.IN_OUT);
    float[] byRow = drawn(plan(Encoding.BLOCK, inOut), "w");
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float a = pairs[(i * n + j) * 2];
        float b = pairs[(i * n + j) * 2 + 1];
        assertThat(block[i * 2 * n + j]).isEqualTo(a);
        assertThat(block[i * 2 * n + n + j]).isEqualTo(-b);
        assertThat(block[(m + i) * 2 * n + j]).isEqualTo(b);
        assertThat(block[(m + i) * 2 * n + n + j]).isEqualTo(a);
        assertThat(byRow[i * 2 * n + n + j]).isEqualTo(b);
        assertThat(byRow[(m + i) * 2 * n + j]).isEqualTo(-b);
      }
    }
  }

  @Test
  void aPartAloneIsRefused() {
    assertThatThrownBy(() -> plan(Encoding.PARTS, tensor("w_re", 4, 6), tensor("w_im", 4, 5)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "Cannot initialise tensor 'w_re' of m: it is half of a unitary matrix (expected tensor"
                + " 'w_im' of shape [4, 6] with the same scheme)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PAIRS | 4,4,3 | encoding pairs needs a last axis of 2 (found tensor 'w' of shape [4, 4, 3])",
        "PARTS | 4,4   | encoding parts needs a name that ends in _re, _im, _real or _imag (found",
        "BLOCK | 4,5   | encoding block needs even numbers of rows and columns (found tensor 'w' of",
        "BLOCK | 4,4,2 | unitary takes rank 2 at most, the shape is [4, 4, 2]"
      })
  void refusesShapesThatHoldNone(Encoding encoding, String shape, String message) {
    long[] dims = Arrays.stream(shape.split(",")).mapToLong(Long::parseLong).toArray();
    assertThatThrownBy(() -> plan(encoding, tensor("w", dims)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(message);
  }

  private static Tensor tensor(String name, long... dims) {
    return Tensor.of(name, Shape.of(dims), Role.DENSE, Layout.OUT_IN);
  }

  private static Recipe plan(Encoding encoding, Tensor... tensors) {
    Rule rule = new Rule(Optional.of("*"), Optional.empty(), new Unitary(1, encoding));
    InitSettings settings = new InitSettings(5, List.of(rule), Optional.empty(), Convention.PAPER);
    Model model = new Model("m", List.of(tensors), Optional.empty());
    return Planner.plan(model, settings, Set.of()).recipe();
  }

  private static float[] drawn(Recipe recipe, String tensor) {
    RecipeEntry entry = recipe.entry(tensor);
    float[] values = new float[(int) entry.shape().elementCount()];
    new RecipeValues(5, new ScalarKernels(), file -> ByteBuffer.allocate(0))
        .fill(entry, 0, values, 0, values.length);
    return values;
  }
}
