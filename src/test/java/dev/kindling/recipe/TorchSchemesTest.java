package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.model.Activation;
import dev.kindling.model.ElementType;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.Convention;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Schemes;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/**
 * Our draws under {@code convention: torch} have the moments of PyTorch's own. Both are samples of
 * the same size, so a difference has the root of two times one's standard error; six of these are
 * passed with probability 2e-9.
 */
@Tag("statistical")
class TorchSchemesTest {
  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvFileSource(
      resources = "/golden/schemes/torch.csv",
      delimiter = '|',
      numLinesToSkip = 2,
      emptyValue = "")
  void momentsArePyTorchs(
      String name,
      String parameters,
      String shape,
      String role,
      int groups,
      double std,
      double largest,
      double kurtosis,
      int zeros) {
    Scheme scheme = Schemes.of(name, parameters(parameters), Convention.TORCH);

    Drawn drawn = Drawn.of(tensor(shape, role, groups), scheme, Convention.TORCH);

    float[] values = drawn.values();
    Moments moments = Moments.of(values);
    double spread = name.contains("sparse") ? 1 : kurtosis;
    double error = 6 * Math.sqrt(2) * Moments.stdError(Math.max(spread, 1.8), values.length);
    if (zeros > 0) {
      long columns = drawn.entry().columns();
      for (int column = 0; column < columns; column += 37) {
        assertThat(zerosInColumn(values, column, (int) columns)).isEqualTo(zeros);
      }
      error *= Math.sqrt(30);
    }
    assertThat(moments.std()).isCloseTo(std, within(std * error));
    assertThat(moments.largest())
        .as("bounded draws reach their bound, and normals 4 to 6 deviations")
        .isCloseTo(largest, within(kurtosis < 2.5 ? largest * 1e-3 : largest * 0.35));
    assertThat(moments.kurtosis()).isCloseTo(kurtosis, within(0.05 * kurtosis));
  }

  private static int zerosInColumn(float[] values, int column, int columns) {
    int zeros = 0;
    for (int i = column; i < values.length; i += columns) {
      zeros += values[i] == 0 ? 1 : 0;
    }
    return zeros;
  }

  private static Map<String, Object> parameters(String text) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    for (String parameter : Optional.ofNullable(text).orElse("").split(";")) {
      if (!parameter.isBlank()) {
        String[] parts = parameter.split("=");
        boolean number = parts[1].matches("-?[0-9.]+");
        parameters.put(parts[0], number ? (Object) Double.valueOf(parts[1]) : parts[1]);
      }
    }
    return parameters;
  }

  private static Tensor tensor(String shape, String role, int groups) {
    Role known = Role.ofLabel(role).orElseThrow();
    return new Tensor(
        "w",
        new Shape(Arrays.stream(shape.split(",")).map(Long::valueOf).toList()),
        ElementType.F32,
        known,
        known == Role.TRANSPOSED_CONV ? Layout.IN_OUT : Layout.OUT_IN,
        groups,
        1,
        Activation.NONE,
        List.of(),
        Optional.empty());
  }
}
