package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Schemes;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Samples of 2^20 draws, a matrix of 2048 outputs and 512 inputs, have the standard deviation that
 * the papers give, written out here as numbers. Mean, standard deviation and kurtosis lie within
 * five standard errors (of the kurtosis: sqrt(24 / N) for a normal, less for bounded draws), so a
 * false alarm has probability 2e-6 per row.
 */
@Tag("statistical")
class SchemeMomentsTest {
  private static final double NORMAL = 3;
  private static final double UNIFORM = 1.8;
  private static final double CUT_AT_TWO = 2.3655;

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource(
      nullValues = "-",
      value = {
        "normal, std, 0.5, 0.5, normal, 6.5",
        "uniform, high, 0.25, 0.08660254, uniform, 0.25",
        "truncated_normal, std, 1, 0.87962566, cut, 2",
        "truncated_normal, std_of, truncated, 0.02, cut, 0.04547389",
        "variance_scaling, -, -, 0.04419417, cut, 0.10048404",
        "variance_scaling, distribution, normal, 0.04419417, normal, 0.3",
        "variance_scaling, mode, fan_geo_avg, 0.03125, cut, 0.07105295",
        "glorot_normal, -, -, 0.02795085, normal, 0.2",
        "glorot_normal, gain, tanh, 0.04658475, normal, 0.3",
        "glorot_truncated_normal, -, -, 0.02795085, cut, 0.06355170",
        "glorot_uniform, -, -, 0.02795085, uniform, 0.04841229",
        "he_normal, -, -, 0.0625, normal, 0.4",
        "he_normal, slope, 0.25, 0.06063391, normal, 0.4",
        "he_truncated_normal, mode, fan_out, 0.03125, cut, 0.07105295",
        "he_uniform, -, -, 0.0625, uniform, 0.10825318",
        "lecun_normal, gain, gelu, 0.06777312, normal, 0.45",
        "lecun_normal, gain, scaled_tanh, 0.05101640, normal, 0.33",
        "lecun_truncated_normal, -, -, 0.04419417, cut, 0.10048404",
        "lecun_uniform, -, -, 0.04419417, uniform, 0.07654655",
        "torch_default, -, -, 0.02551552, uniform, 0.04419417",
        "torch_rnn, units, 64, 0.07216878, uniform, 0.125",
        "random_walk, activation, linear, 0.04423735, normal, 0.3",
        "random_walk, -, -, 0.06264732, normal, 0.4",
        "embedding, -, -, 0.02, normal, 0.13",
        "small_init, -, -, 0.02795085, normal, 0.2",
        "small_init, width, 768, 0.02282177, normal, 0.15",
        "wang_init, layers, 12, 0.00368285, normal, 0.03",
        "bert, -, -, 0.01759251, cut, 0.04",
        "gpt2, layers, 12, 0.00408248, normal, 0.03",
        "megatron, layers, 24, 0.00288675, normal, 0.02"
      })
  void momentsAreThePapers(
      String name, String parameter, String value, double std, String kind, double bound) {
    Scheme scheme = Schemes.of(name, parameter == null ? Map.of() : Map.of(parameter, of(value)));
    if (name.equals("uniform")) {
      scheme = Schemes.of(name, Map.of("low", -0.05, "high", 0.25));
    }
    Tensor tensor = Tensor.of("w", Shape.of(2048, 512), Role.DENSE, Layout.OUT_IN);

    float[] values = Drawn.of(tensor, scheme).values();

    Moments moments = Moments.of(values);
    double kurtosis =
        switch (kind) {
          case "normal" -> NORMAL;
          case "uniform" -> UNIFORM;
          default -> CUT_AT_TWO;
        };
    double mean = name.equals("uniform") ? 0.1 : 0;
    double root = Math.sqrt(values.length);
    assertThat(moments.mean()).isCloseTo(mean, within(5 * std / root));
    assertThat(moments.std())
        .isCloseTo(std, within(std * (1e-6 + 5 * Moments.stdError(kurtosis, values.length))));
    assertThat(moments.kurtosis()).isCloseTo(kurtosis, within(5 * Math.sqrt(24) / root));
    assertThat(moments.largest()).isLessThanOrEqualTo(bound * (1 + 1e-6));
  }

  private static Object of(String value) {
    return value.matches("[0-9.]+") ? (Object) Double.valueOf(value) : value;
  }
}
