package dev.kindling.scheme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.model.Activation;
import dev.kindling.model.ElementType;
import dev.kindling.model.Fans;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.TruncatedNormal.Bounds;
import dev.kindling.scheme.TruncatedNormal.StdOf;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ConventionTest {
  /** What each framework's formula gives for its own layout of the same layer. */
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        // role, shape, groups, strides | paper | torch | keras | jax
        "DENSE           | 100,300     | 1  | 1 | 300,100   | 300,100   | 300,100   | 300,100",
        "CONV            | 128,64,3,3  | 1  | 1 | 576,1152  | 576,1152  | 576,1152  | 576,1152",
        "CONV            | 256,4,3,3   | 32 | 1 | 36,72     | 36,2304   | 36,2304   | 36,2304",
        "DEPTHWISE       | 32,1,3,3    | 16 | 1 | 9,18      | 9,288     | 144,18    | 9,288",
        "TRANSPOSED_CONV | 64,32,4,4   | 1  | 4 | 256,512   | 512,1024  | 512,1024  | 1024,512",
        "EMBEDDING       | 50000,512   | 1  | 1 | 1,512     | 512,50000 | 50000,512 | 512,512"
      })
  void fansAreTheFrameworks(
      Role role,
      String shape,
      int groups,
      long strides,
      String paper,
      String torch,
      String keras,
      String jax) {
    Tensor tensor =
        new Tensor(
            "w",
            new Shape(Arrays.stream(shape.split(",")).map(Long::valueOf).toList()),
            ElementType.F32,
            role,
            role == Role.TRANSPOSED_CONV ? Layout.IN_OUT : Layout.OUT_IN,
            groups,
            strides,
            Activation.NONE,
            List.of(),
            Optional.empty());
    assertThat(Convention.PAPER.fans(tensor)).isEqualTo(fans(paper));
    assertThat(Convention.TORCH.fans(tensor)).isEqualTo(fans(torch));
    assertThat(Convention.KERAS.fans(tensor)).isEqualTo(fans(keras));
    assertThat(Convention.JAX.fans(tensor)).isEqualTo(fans(jax));
  }

  @ParameterizedTest
  @EnumSource(names = {"KERAS", "JAX"})
  void normalsAreTruncatedInKerasAndJax(Convention convention) {
    assertThat(Schemes.of("glorot_normal", Map.of(), convention))
        .isEqualTo(new GlorotTruncatedNormal(1));
    assertThat(Schemes.of("he_normal", Map.of("mode", "fan_out"), convention))
        .isEqualTo(new HeTruncatedNormal(FanMode.FAN_OUT, 0));
    assertThat(Schemes.of("lecun_normal", Map.of(), convention))
        .isEqualTo(new LecunTruncatedNormal(1));
    assertThat(Schemes.of("glorot_uniform", Map.of(), convention)).isEqualTo(new GlorotUniform(1));
  }

  @Test
  void plainDefaultsAreTheFrameworks() {
    assertThat(Schemes.of("normal", Map.of(), Convention.TORCH)).isEqualTo(new Normal(0, 1));
    assertThat(Schemes.of("normal", Map.of(), Convention.KERAS)).isEqualTo(new Normal(0, 0.05));
    assertThat(Schemes.of("normal", Map.of(), Convention.JAX)).isEqualTo(new Normal(0, 0.01));
    assertThat(Schemes.of("uniform", Map.of(), Convention.TORCH)).isEqualTo(new Uniform(0, 1));
    assertThat(Schemes.of("uniform", Map.of(), Convention.JAX)).isEqualTo(new Uniform(0, 0.01));
    assertThat(Schemes.of("trunc_normal", Map.of("std", 0.02), Convention.TORCH))
        .isEqualTo(new TruncatedNormal(0, 0.02, -2, 2, Bounds.ABSOLUTE, StdOf.UNTRUNCATED));
    assertThat(Schemes.of("embedding", Map.of(), Convention.TORCH)).isEqualTo(new Embedding(1, -1));
  }

  /** "normal" is truncated in Keras's VarianceScaling and plain in JAX's. */
  @Test
  void kerasSaysNormalForTruncated() {
    assertThat(distribution("normal", Convention.KERAS)).isEqualTo(Distribution.TRUNCATED);
    assertThat(distribution("untruncated_normal", Convention.KERAS)).isEqualTo(Distribution.NORMAL);
    assertThat(distribution("truncated_normal", Convention.KERAS))
        .isEqualTo(Distribution.TRUNCATED);
    assertThat(distribution("normal", Convention.JAX)).isEqualTo(Distribution.NORMAL);
    assertThat(distribution("truncated_normal", Convention.JAX)).isEqualTo(Distribution.TRUNCATED);
  }

  private static Distribution distribution(String word, Convention convention) {
    Map<String, String> parameters = Map.of("distribution", word);
    return ((VarianceScaling) Schemes.of("variance_scaling", parameters, convention))
        .distribution();
  }

  private static Fans fans(String pair) {
    String[] parts = pair.strip().split(",");
    return new Fans(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]));
  }
}
