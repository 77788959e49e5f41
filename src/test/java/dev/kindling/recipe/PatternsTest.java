package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.model.Activation;
import dev.kindling.model.ElementType;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.Chrono;
import dev.kindling.scheme.Dirac;
import dev.kindling.scheme.Embedding;
import dev.kindling.scheme.GateOrder;
import dev.kindling.scheme.GruBias;
import dev.kindling.scheme.Hadamard;
import dev.kindling.scheme.Identity;
import dev.kindling.scheme.LstmBias;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Sparse;
import dev.kindling.scheme.TorchSparse;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.distribution.UniformRealDistribution;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Schemes whose values depend on the place. */
class PatternsTest {
  @Test
  void identityIsOnTheMainDiagonal() {
    assertThat(drawn(Shape.of(2, 3), Layout.OUT_IN, 1, new Identity(2)))
        .containsExactly(2, 0, 0, 0, 2, 0);
    assertThat(drawn(Shape.of(3, 2), Layout.IN_OUT, 1, new Identity(-1)))
        .containsExactly(-1, 0, 0, -1, 0, 0);
  }

  /** The output is the input: the only tap is that of its own channel at the centre. */
  @Test
  void diracCopiesChannelsWithinTheirGroup() {
    float[] kernel = drawn(Shape.of(4, 2, 3), Layout.OUT_IN, 2, new Dirac());
    for (int out = 0; out < 4; out++) {
      for (int in = 0; in < 2; in++) {
        for (int tap = 0; tap < 3; tap++) {
          int index = (out * 2 + in) * 3 + tap;
          assertThat(kernel[index]).isEqualTo(in == out % 2 && tap == 1 ? 1 : 0);
        }
      }
    }
  }

  /** torch.nn.init.dirac_(torch.empty(1, 1, 4, 3)) has its one at [0, 0, 2, 1]. */
  @Test
  void diracsCentreIsHalfTheExtent() {
    float[] kernel = drawn(Shape.of(1, 1, 4, 3), Layout.OUT_IN, 1, new Dirac());
    assertThat(kernel[2 * 3 + 1]).isEqualTo(1);
    assertThat(sum(kernel)).isEqualTo(1);
  }

  /** Sylvester's doubling, [[H, H], [H, -H]]; each column of 10 x 6 has length sqrt(10/16). */
  @ParameterizedTest
  @EnumSource(Layout.class)
  void hadamardIsPartOfSylvestersMatrix(Layout layout) {
    double[][] sylvester = {{1}};
    for (int size = 1; size < 16; size *= 2) {
      double[][] next = new double[2 * size][2 * size];
      for (int i = 0; i < 2 * size; i++) {
        for (int j = 0; j < 2 * size; j++) {
          next[i][j] = sylvester[i % size][j % size] * (i >= size && j >= size ? -1 : 1);
        }
      }
      sylvester = next;
    }
    boolean outputsFirst = layout == Layout.OUT_IN;
    float[] matrix =
        drawn(outputsFirst ? Shape.of(10, 6) : Shape.of(6, 10), layout, 1, new Hadamard(1));
    for (int input = 0; input < 6; input++) {
      double squares = 0;
      for (int output = 0; output < 10; output++) {
        float value = matrix[outputsFirst ? output * 6 + input : input * 10 + output];
        assertThat(value).isEqualTo((float) (sylvester[output][input] / 4));
        squares += (double) value * value;
      }
      assertThat(Math.sqrt(squares)).isEqualTo(0.7905694150420949);
    }
    assertThat(drawn(Shape.of(2, 3), Layout.OUT_IN, 1, new Hadamard(1)))
        .containsExactly(1, 0, 0, 0, 1, 0);
  }

  /** Group by group, at the centre of 3 taps. */
  @Test
  void hadamardOfAConvolutionIsAtItsCentre() {
    float[] kernel = drawn(Shape.of(4, 1, 3), Layout.OUT_IN, 2, new Hadamard(1));
    float half = (float) Math.sqrt(0.5);
    assertThat(kernel).containsExactly(0, half, 0, 0, half, 0, 0, half, 0, 0, half, 0);
  }

  @ParameterizedTest
  @CsvSource({"IFGO, 1", "IFCO, 1", "IFOG, 1", "IOFC, 2", "IJFO, 2"})
  void forgetGateFollowsTheOrder(GateOrder order, int gate) {
    float[] bias = drawn(Shape.of(12), Layout.OUT_IN, 1, new LstmBias(order, 1, 1));
    for (int i = 0; i < 12; i++) {
      assertThat(bias[i]).isEqualTo(i / 3 == gate ? 1 : 0);
    }
  }

  /** Both vectors are added, so only one may have the value. */
  @Test
  void secondBiasVectorIsZero() {
    float[] bias = drawn(Shape.of(2, 16), Layout.OUT_IN, 1, new LstmBias(GateOrder.IOFC, 1, 2));
    assertThat(bias).hasSize(32);
    for (int i = 0; i < 32; i++) {
      assertThat(bias[i]).isEqualTo(i % 16 / 2 == 2 ? 1 : 0);
    }
  }

  @Test
  void gruBiasIsAtTheUpdateGate() {
    assertThat(drawn(Shape.of(6), Layout.OUT_IN, 1, new GruBias(GateOrder.RZN, 2, 1)))
        .containsExactly(0, 0, 2, 2, 0, 0);
    assertThat(drawn(Shape.of(6), Layout.OUT_IN, 1, new GruBias(GateOrder.ZRH, 2, 1)))
        .containsExactly(2, 2, 0, 0, 0, 0);
  }

  /**
   * exp of the bias is uniform on (1, t_max - 1) (Tallec and Ollivier 2018): mean t_max / 2, within
   * 5 standard errors, and P(sqrt(n) D &gt; 2.75) = 5e-7 for Kolmogorov and Smirnov's D.
   */
  @ParameterizedTest
  @EnumSource
  void chronoBiasesCancel(GateOrder order) {
    int units = 10_000;
    double tMax = 100;
    float[] bias =
        drawn(Shape.of((long) units * order.count()), Layout.OUT_IN, 1, new Chrono(order, tMax, 1));
    double sum = 0;
    double[] lags = new double[units];
    for (int i = 0; i < units; i++) {
      float keep = bias[order.keep() * units + i];
      assertThat(keep).isBetween(0f, (float) Math.log(tMax - 1));
      if (!order.isGru()) {
        assertThat(bias[order.input() * units + i] + keep).isZero();
      }
      lags[i] = Math.exp(keep);
      sum += lags[i];
    }
    double error = (tMax - 2) / Math.sqrt(12) / Math.sqrt(units);
    assertThat(sum / units).isCloseTo(tMax / 2, within(5 * error));
    UniformRealDistribution uniform = new UniformRealDistribution(1, tMax - 1);
    double distance = new KolmogorovSmirnovTest().kolmogorovSmirnovStatistic(uniform, lags);
    assertThat(distance * Math.sqrt(units)).isLessThan(2.75);
    int zeros = (order.count() - (order.isGru() ? 1 : 2)) * units;
    assertThat(count(bias, 0)).isEqualTo(zeros);
  }

  @Test
  void paddingRowIsZeroAndTheOthersAreAsWithout() {
    float[] plain = drawn(Shape.of(5, 7), Layout.OUT_IN, 1, new Embedding(1, -1));
    float[] padded = drawn(Shape.of(5, 7), Layout.OUT_IN, 1, new Embedding(1, 2));
    for (int i = 0; i < 35; i++) {
      assertThat(padded[i]).isEqualTo(i / 7 == 2 ? 0 : plain[i]);
    }
    assertThat(plain).doesNotContain(0);
  }

  @ParameterizedTest
  @CsvSource({
    "OUT_IN, 200, 300, 15",
    "IN_OUT, 300, 200, 15",
    "OUT_IN, 20, 7, 15",
    "IN_OUT, 1, 20, 15",
    "OUT_IN, 5, 15, 15"
  })
  void everyOutputHasSoManyLinks(Layout layout, int rows, int columns, int links) {
    float[] w = drawn(Shape.of(rows, columns), layout, 1, new Sparse(links, 1));
    boolean outputsAreRows = layout == Layout.OUT_IN;
    int inputs = outputsAreRows ? columns : rows;
    for (int unit = 0; unit < (outputsAreRows ? rows : columns); unit++) {
      int found = 0;
      for (int place = 0; place < inputs; place++) {
        int index = outputsAreRows ? unit * columns + place : place * columns + unit;
        found += w[index] == 0 ? 0 : 1;
      }
      assertThat(found).isEqualTo(Math.min(links, inputs));
    }
  }

  @Test
  void torchsSparseLimitsWhatLeavesAnInput() {
    float[] w = drawn(Shape.of(50, 20), Layout.OUT_IN, 1, new TorchSparse(0.33, 1));
    float[] transposed = drawn(Shape.of(20, 50), Layout.IN_OUT, 1, new TorchSparse(0.33, 1));
    for (int input = 0; input < 20; input++) {
      int column = input;
      long zeros = Arrays.stream(rows(50)).filter(row -> w[row * 20 + column] == 0).count();
      long others =
          Arrays.stream(rows(50)).filter(out -> transposed[column * 50 + out] == 0).count();
      assertThat(zeros).isEqualTo(17);
      assertThat(others).isEqualTo(17);
    }
  }

  private static int[] rows(int count) {
    int[] rows = new int[count];
    Arrays.setAll(rows, i -> i);
    return rows;
  }

  private static float[] drawn(Shape shape, Layout layout, int groups, Scheme scheme) {
    Tensor tensor =
        new Tensor(
            "w",
            shape,
            ElementType.F32,
            shape.rank() > 2 ? Role.CONV : Role.DENSE,
            layout,
            groups,
            1,
            Activation.NONE,
            List.of(),
            Optional.empty());
    return Drawn.of(tensor, scheme).values();
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }

  private static long count(float[] values, float wanted) {
    long count = 0;
    for (float value : values) {
      count += value == wanted ? 1 : 0;
    }
    return count;
  }
}
