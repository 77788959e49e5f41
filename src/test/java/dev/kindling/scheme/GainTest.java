package dev.kindling.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GainTest {
  private static final double LAMBDA = 1.0507009873554805;
  private static final double ALPHA = 1.6732632423543772;

  /** The numbers of torch.nn.init.calculate_gain in torch 2.13. */
  @ParameterizedTest
  @CsvSource({
    "linear, 1",
    "conv2d, 1",
    "conv_transpose3d, 1",
    "sigmoid, 1",
    "tanh, 1.6666666666666667",
    "relu, 1.4142135623730951",
    "leaky_relu, 1.4141428569978354",
    "leaky_relu(0.2), 1.3867504905630728",
    "selu, 0.75"
  })
  void torchsGainsAreItsOwn(String activation, double gain) {
    assertThat(Gain.of(activation, Convention.TORCH)).isEqualTo(gain);
  }

  @Test
  void seluKeepsItsFixedPoint() {
    assertThat(Gain.of("selu", Convention.PAPER)).isEqualTo(1);
    assertThat(secondMoment(x -> LAMBDA * (x > 0 ? x : ALPHA * Math.expm1(x))))
        .isCloseTo(1, within(1e-9));
  }

  /** Quadrature of f(z)^2 against the normal density; the erf of GELU by its own quadrature. */
  @Test
  void otherGainsKeepTheSecondMoment() {
    assertGain("relu", x -> Math.max(x, 0));
    assertGain("elu", x -> x > 0 ? x : Math.expm1(x));
    assertGain("gelu", x -> x * org.apache.commons.math3.special.Erf.erfc(-x / Math.sqrt(2)) / 2);
    assertGain("silu", x -> x / (1 + Math.exp(-x)));
    assertGain("mish", x -> x * Math.tanh(Math.log1p(Math.exp(x))));
    assertGain("hard_swish", x -> x * Math.min(Math.max(x + 3, 0), 6) / 6);
    assertGain("softplus", x -> Math.log1p(Math.exp(x)));
    assertGain("softsign", x -> x / (1 + Math.abs(x)));
    assertGain("scaled_tanh", x -> 1.7159 * Math.tanh(2 * x / 3));
  }

  /** LeCun's scaled tanh passes through (1, 1): 1.7159 tanh(2/3) = 0.9999973. */
  @Test
  void scaledTanhPassesThroughOne() {
    assertThat(1.7159 * Math.tanh(2.0 / 3)).isCloseTo(0.9999973, within(1e-7));
  }

  @Test
  void unknownActivationsAreRefused() {
    assertThatThrownBy(() -> Gain.of("rleu", Convention.PAPER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown activation 'rleu', did you mean 'relu'?");
    assertThatThrownBy(() -> Gain.of("leaky_relu(NaN)", Convention.PAPER))
        .hasMessage("slope of leaky_relu is not a number: NaN");
  }

  private static void assertGain(String activation, DoubleUnaryOperator f) {
    assertThat(Gain.of(activation, Convention.PAPER))
        .as(activation)
        .isCloseTo(1 / Math.sqrt(secondMoment(f)), within(1e-7));
  }

  private static double secondMoment(DoubleUnaryOperator f) {
    double step = 1e-4;
    double sum = 0;
    for (double x = -12 + step / 2; x < 12; x += step) {
      double y = f.applyAsDouble(x);
      sum += y * y * Math.exp(-x * x / 2);
    }
    return sum * step / Math.sqrt(2 * Math.PI);
  }
}
