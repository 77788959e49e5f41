package dev.kindling.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.model.Fans;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SchemesTest {
  /** Fans and SD to 8 digits; those of {@code he_normal} with slope 0.2 and 0.01 from the gains. */
  @ParameterizedTest
  @CsvSource({
    "300, 100, 0.05773503, 0.07071068, 0.08164966, 0.14142136",
    "576, 1152, 0.04166667, 0.03402069, 0.05892557, 0.04166667",
    "1, 1, 1, 1, 1.41421356, 1.41421356"
  })
  void standardDeviations(
      double in, double out, double lecun, double glorot, double heIn, double heOut) {
    Fans fans = new Fans(in, out);
    assertStd(new LecunNormal(1), fans, lecun);
    assertStd(new GlorotNormal(1), fans, glorot);
    assertStd(new GlorotNormal(2), fans, 2 * glorot);
    assertStd(new HeNormal(FanMode.FAN_IN, 0), fans, heIn);
    assertStd(new HeNormal(FanMode.FAN_OUT, 0), fans, heOut);
    assertStd(new HeNormal(FanMode.FAN_AVG, 0), fans, Math.sqrt(2) * glorot);
    assertStd(new HeNormal(FanMode.FAN_IN, 0.2), fans, 1.38675049 * lecun);
    assertStd(new HeNormal(FanMode.FAN_IN, -0.01), fans, 1.41414286 * lecun);
  }

  @ParameterizedTest
  @CsvSource({
    "300, 100, 0.1, 0.12247449, 0.14142136",
    "576, 1152, 0.07216878, 0.05892557, 0.10206207",
    "1, 1, 1.73205081, 1.73205081, 2.44948974"
  })
  void bounds(double in, double out, double lecun, double glorot, double heIn) {
    Fans fans = new Fans(in, out);
    assertBound(new LecunUniform(1), fans, lecun);
    assertBound(new GlorotUniform(1), fans, glorot);
    assertBound(new GlorotUniform(0.5), fans, glorot / 2);
    assertBound(new HeUniform(FanMode.FAN_IN, 0), fans, heIn);
    assertBound(new HeUniform(FanMode.FAN_OUT, 0), fans, heIn * Math.sqrt(in / out));
    // PyTorch's default for Linear and Conv: U(+-1 / sqrt(fan-in)).
    assertBound(new HeUniform(FanMode.FAN_IN, Math.sqrt(5)), fans, 1 / Math.sqrt(in));
  }

  /** Names, parameters and defaults, in the order of the documentation. */
  @Test
  void defaultsArePinned() {
    assertThat(
            Schemes.names().stream()
                .map(name -> name + " " + Schemes.parameters(Schemes.of(name, Map.of()))))
        .containsExactly(
            "zeros {}",
            "ones {}",
            "constant {value=0.0}",
            "normal {mean=0.0, std=0.02}",
            "uniform {low=-0.05, high=0.05}",
            "truncated_normal {mean=0.0, std=0.02, low=-2.0, high=2.0, bounds=deviations,"
                + " std_of=untruncated}",
            "variance_scaling {scale=1.0, mode=fan_in, distribution=truncated}",
            "glorot_normal {gain=1.0}",
            "glorot_truncated_normal {gain=1.0}",
            "glorot_uniform {gain=1.0}",
            "he_normal {mode=fan_in, slope=0.0}",
            "he_truncated_normal {mode=fan_in, slope=0.0}",
            "he_uniform {mode=fan_in, slope=0.0}",
            "lecun_normal {gain=1.0}",
            "lecun_truncated_normal {gain=1.0}",
            "lecun_uniform {gain=1.0}",
            "orthogonal {gain=1.0}",
            "delta_orthogonal {gain=1.0}",
            "polar {gain=1.0}",
            "looks_linear {place=hidden, base={orthogonal={gain=1.0}}}",
            "mimetic {part=query, group=, width=0, first=0, noise=0.7, diagonal=0.7}",
            "unitary {gain=1.0, encoding=pairs}",
            "urnn {part=all}",
            "eunn {}",
            "permutation {}",
            "identity {gain=1.0}",
            "dirac {}",
            "hadamard {gain=1.0}",
            "torch_default {}",
            "torch_bias {}",
            "torch_rnn {units=0}",
            "sparse {links=15, std=1.0}",
            "torch_sparse {sparsity=0.1, std=0.01}",
            "random_walk {activation=relu}",
            "irnn {gain=1.0}",
            "lstm_bias {order=ifgo, forget=1.0, vectors=1}",
            "gru_bias {order=rzn, update=1.0, vectors=1}",
            "chrono {order=ifgo, t_max=0.0, vectors=1}",
            "relu_bias {value=0.1}",
            "prior_bias {probability=0.01}",
            "embedding {std=0.02, padding=-1}",
            "small_init {width=0}",
            "wang_init {layers=0, width=0}",
            "bert {std=0.02}",
            "gpt2 {std=0.02, layers=0}",
            "megatron {std=0.02, layers=0, branches=2.0}");
  }

  @Test
  void aliasesMeanTheCanonicalScheme() {
    Map<String, String> aliases =
        Map.ofEntries(
            Map.entry("xavier_normal", "glorot_normal"),
            Map.entry("xavier_uniform", "glorot_uniform"),
            Map.entry("kaiming_normal", "he_normal"),
            Map.entry("kaiming_uniform", "he_uniform"),
            Map.entry("msra", "he_normal"),
            Map.entry("eye", "identity"),
            Map.entry("trunc_normal", "truncated_normal"),
            Map.entry("random_normal", "normal"),
            Map.entry("random_uniform", "uniform"),
            Map.entry("wang", "wang_init"));
    aliases.forEach(
        (alias, name) -> assertThat(Schemes.name(Schemes.of(alias, Map.of()))).isEqualTo(name));
  }

  @Test
  void everySchemeIsExplainedAndNoNameMeansTwo() {
    List<String> names = new ArrayList<>(Schemes.names());
    for (String name : Schemes.names()) {
      About about = Schemes.about(Schemes.of(name, Map.of()));
      assertThat(about.formula()).as(name).isNotBlank();
      assertThat(about.source()).as(name).isNotBlank();
      assertThat(about.use()).as(name).endsWith(".");
      names.addAll(List.of(about.aliases()));
    }
    assertThat(names).doesNotHaveDuplicates();
  }

  @Test
  void everySchemeHasAName() {
    assertThat(Schemes.names()).hasSize(Scheme.class.getPermittedSubclasses().length);
  }

  static Stream<Scheme> schemes() {
    return Stream.concat(
        Schemes.names().stream().map(name -> Schemes.of(name, Map.of())),
        Stream.of(
            new Constant(-0.1),
            new Normal(1e-300, 1.0 / 3),
            new Uniform(-7, Math.PI),
            new GlorotNormal(5.0 / 3),
            new GlorotUniform(1e10),
            new HeNormal(FanMode.FAN_OUT, 0.25),
            new HeUniform(FanMode.FAN_AVG, Math.sqrt(5)),
            new TruncatedNormal(
                1, 0.5, -3, 1, TruncatedNormal.Bounds.ABSOLUTE, TruncatedNormal.StdOf.UNTRUNCATED),
            new VarianceScaling(2, FanMode.FAN_GEO_AVG, Distribution.UNIFORM),
            new Chrono(GateOrder.ZRH, 784, 2),
            new TorchRnn(1L << 53),
            new RandomWalk(RandomWalk.Kind.LINEAR),
            new DeltaOrthogonal(Math.sqrt(2)),
            new LooksLinear(LooksLinear.Place.FIRST, new HeUniform(FanMode.FAN_OUT, 0.1)),
            new Orthogonal(-Math.sqrt(2))));
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void roundTripThroughParameters(Scheme scheme) {
    assertThat(Schemes.of(Schemes.name(scheme), Schemes.parameters(scheme))).isEqualTo(scheme);
  }

  @Test
  void parametersOverrideDefaultsOneByOne() {
    assertThat(Schemes.of("he_normal", Map.of("mode", "fan_out")))
        .isEqualTo(new HeNormal(FanMode.FAN_OUT, 0));
    assertThat(Schemes.of("he_normal", Map.of("slope", 1)))
        .isEqualTo(new HeNormal(FanMode.FAN_IN, 1));
    assertThat(Schemes.of("normal", Map.of("std", 0.5f))).isEqualTo(new Normal(0, 0.5));
    assertThat(Schemes.parameters(new HeUniform(FanMode.FAN_AVG, 0.25)))
        .containsExactly(Map.entry("mode", "fan_avg"), Map.entry("slope", 0.25));
  }

  /** A scheme as a parameter is a name, or a map of one name to its parameters. */
  @Test
  void baseSchemesAreReadLikeSchemes() {
    assertThat(Schemes.of("looks_linear", Map.of("place", "last", "base", "xavier_uniform")))
        .isEqualTo(new LooksLinear(LooksLinear.Place.LAST, new GlorotUniform(1)));
    assertThat(
            Schemes.of(
                "looks_linear",
                Map.of("base", Map.of("he_normal", Map.of("mode", "fan_out"))),
                Convention.KERAS))
        .isEqualTo(
            new LooksLinear(LooksLinear.Place.HIDDEN, new HeTruncatedNormal(FanMode.FAN_OUT, 0)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schemes.of("looks_linear", Map.of("base", "orthogonl")))
        .withMessage("unknown scheme 'orthogonl', did you mean 'orthogonal'?");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schemes.of("looks_linear", Map.of("base", 1)))
        .withMessage("base is no scheme such as orthogonal or {orthogonal: {gain: 1}}: 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "he_norml      | unknown scheme 'he_norml', did you mean 'he_normal'?",
        "HeNormal      | unknown scheme 'HeNormal', did you mean 'he_normal'?",
        "lecun-uniform | unknown scheme 'lecun-uniform', did you mean 'lecun_uniform'?",
        "zero          | unknown scheme 'zero', did you mean 'zeros'?"
      })
  void offersTheNearestScheme(String name, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schemes.of(name, Map.of()))
        .withMessage(message);
  }

  @Test
  void listsTheSchemesWhenNoneIsNear() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schemes.of("what_is_this", Map.of()))
        .withMessageStartingWith(
            "unknown scheme 'what_is_this' (expected one of zeros, ones, constant,");
  }

  static Stream<Object[]> wrongParameters() {
    return Stream.of(
        new Object[] {
          "normal", Map.of("sdt", 1), "unknown parameter of normal 'sdt', did you mean 'std'?"
        },
        new Object[] {"normal", Map.of("std", -1), "std is negative or not finite: -1.0"},
        new Object[] {"normal", Map.of("std", "1"), "std is not a number: 1"},
        new Object[] {"normal", Map.of("std", true), "std is not a number: true"},
        new Object[] {"normal", Map.of("mean", Double.NaN), "mean is not finite: NaN"},
        new Object[] {
          "normal",
          Map.of("std", BigInteger.TEN.pow(400)),
          "std is negative or not finite: Infinity"
        },
        new Object[] {"uniform", Map.of("low", 2), "low is greater than high: 2.0 > 0.05"},
        new Object[] {"glorot_normal", Map.of("gain", 0), "gain is not positive and finite: 0.0"},
        new Object[] {
          "he_normal", Map.of("mode", "FAN_OUT"), "unknown mode 'FAN_OUT', did you mean 'fan_out'?"
        },
        new Object[] {"he_normal", Map.of("mode", 1), null},
        new Object[] {"orthogonal", Map.of("gain", Double.POSITIVE_INFINITY), null},
        new Object[] {"constant", Map.of("value", Double.NaN), "value is not finite: NaN"},
        new Object[] {"zeros", Map.of("value", 1), null},
        new Object[] {
          "glorot_normal", Map.of("gain", "tahn"), "unknown activation 'tahn', did you mean 'tanh'?"
        },
        new Object[] {
          "lecun_normal", Map.of("gain", "leaky_relu(x)"), "slope of leaky_relu is not a number: x"
        },
        new Object[] {"sparse", Map.of("links", 0), "links is not positive: 0"},
        new Object[] {
          "sparse",
          Map.of("links", 1.5),
          "links is not a whole number of at most 9007199254740992: 1.5"
        },
        new Object[] {"sparse", Map.of("links", Double.NaN), null},
        new Object[] {
          "torch_sparse", Map.of("sparsity", 1.1), "sparsity does not lie between 0 and 1: 1.1"
        },
        new Object[] {"chrono", Map.of("t_max", 2), "t_max is not greater than 2 and finite: 2.0"},
        new Object[] {
          "lstm_bias", Map.of("order", "rzn"), "order RZN is a GRU's, which has no forget gate"
        },
        new Object[] {"gru_bias", Map.of("order", "ifgo"), null},
        new Object[] {"embedding", Map.of("padding", -2), "padding is less than -1: -2"},
        new Object[] {
          "variance_scaling", Map.of("scale", 0), "scale is not positive and finite: 0.0"
        },
        new Object[] {"truncated_normal", Map.of("low", 2), "low is not below high: 2.0 and 2.0"},
        new Object[] {
          "truncated_normal",
          Map.of("bounds", "absolute", "std_of", "truncated"),
          "std_of: truncated needs bounds: deviations"
        },
        new Object[] {
          "truncated_normal",
          Map.of("std", 1e-3, "low", 1, "bounds", "absolute"),
          "the interval from 1000.0 to 2000.0 standard deviations lies beyond 36.0"
        },
        new Object[] {"prior_bias", Map.of("probability", 1), null},
        new Object[] {"bert", Map.of("std", Double.NaN), "std is not positive and finite: NaN"});
  }

  @ParameterizedTest
  @MethodSource
  void wrongParameters(String name, Map<String, Object> parameters, String message) {
    assertThatThrownBy(() -> Schemes.of(name, parameters))
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(thrown -> assertThat(thrown.getMessage()).doesNotContain("\n").isNotBlank())
        .satisfies(
            thrown -> {
              if (message != null) {
                assertThat(thrown).hasMessage(message);
              }
            });
  }

  @Test
  void plainSchemesIgnoreFans() {
    assertThat(new Zeros().draw(Fans.NONE)).isEqualTo(new Draw.Fill(0));
    assertThat(new Ones().draw(Fans.NONE)).isEqualTo(new Draw.Fill(1));
    assertThat(new Constant(0.1).draw(Fans.NONE)).isEqualTo(new Draw.Fill(0.1));
    assertThat(new Normal(1, 2).draw(Fans.NONE)).isEqualTo(new Draw.Gaussian(1, 2));
    assertThat(new Uniform(-1, 3).draw(Fans.NONE)).isEqualTo(new Draw.Interval(1, 2));
    assertThat(new Orthogonal(2).draw(Fans.NONE)).isEqualTo(new Draw.Haar(2));
  }

  @Test
  void schemesThatNeedFansSaySo() {
    assertThat(schemes().filter(Scheme::needsFans).map(Schemes::name).distinct())
        .containsExactly(
            "variance_scaling",
            "glorot_normal",
            "glorot_truncated_normal",
            "glorot_uniform",
            "he_normal",
            "he_truncated_normal",
            "he_uniform",
            "lecun_normal",
            "lecun_truncated_normal",
            "lecun_uniform",
            "torch_default",
            "torch_bias",
            "random_walk",
            "irnn",
            "small_init",
            "wang_init",
            "looks_linear");
    Set<Class<?>> others = Set.of(TorchBias.class, Irnn.class, SmallInit.class, WangInit.class);
    schemes()
        .filter(scheme -> scheme.needsFans() && !others.contains(scheme.getClass()))
        .forEach(
            scheme ->
                assertThatIllegalArgumentException()
                    .isThrownBy(() -> scheme.draw(Fans.NONE))
                    .withMessage("fan is not positive: 0.0"));
  }

  /** A mode's fans differ, so a mix-up of in and out cannot hide. */
  @Test
  void modesNameTheirFan() {
    Fans fans = new Fans(3, 8);
    assertThat(Arrays.stream(FanMode.values()).map(mode -> mode.of(fans)))
        .containsExactly(3.0, 8.0, 5.5, Math.sqrt(24));
  }

  private static void assertStd(Scheme scheme, Fans fans, double std) {
    Draw.Gaussian draw = (Draw.Gaussian) scheme.draw(fans);
    assertThat(draw.mean()).isZero();
    assertThat(draw.std()).isCloseTo(std, within(std * 1.3e-7));
  }

  private static void assertBound(Scheme scheme, Fans fans, double bound) {
    Draw.Interval draw = (Draw.Interval) scheme.draw(fans);
    assertThat(draw.centre()).isZero();
    assertThat(draw.bound()).isCloseTo(bound, within(bound * 1.3e-7));
  }
}
