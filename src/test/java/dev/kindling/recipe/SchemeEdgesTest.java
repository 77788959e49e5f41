package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.ConfigurationException;
import dev.kindling.model.Fans;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Schemes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every scheme at the edges: no fans, no elements, numbers that are none. */
class SchemeEdgesTest {
  private static final List<Double> NUMBERS =
      List.of(
          Double.NaN,
          Double.POSITIVE_INFINITY,
          Double.NEGATIVE_INFINITY,
          -1.0,
          -0.0,
          0.0,
          -1e308,
          1e308,
          Double.MIN_VALUE);

  /** What defaults leave to be stated. */
  private static final Map<String, Map<String, Object>> STATED =
      Map.of(
          "torch_rnn", Map.of("units", 8),
          "chrono", Map.of("t_max", 8),
          "wang_init", Map.of("layers", 8),
          "mimetic", Map.of("width", 2));

  static Stream<Scheme> schemes() {
    return Schemes.names().stream()
        .map(name -> Schemes.of(name, STATED.getOrDefault(name, Map.of())));
  }

  static Stream<Arguments> numbers() {
    return schemes()
        .flatMap(
            scheme ->
                Schemes.parameters(scheme).entrySet().stream()
                    .filter(parameter -> parameter.getValue() instanceof Number)
                    .flatMap(
                        parameter ->
                            NUMBERS.stream()
                                .map(
                                    number ->
                                        Arguments.of(
                                            Schemes.name(scheme), parameter.getKey(), number))));
  }

  /** NaN and infinity are always refused; other numbers are, or the draw is finite. */
  @ParameterizedTest
  @MethodSource("numbers")
  void numbersAreRefusedInOneLineOrDrawSomethingFinite(
      String name, String parameter, double number) {
    Map<String, Object> stated = new HashMap<>(STATED.getOrDefault(name, Map.of()));
    stated.put(parameter, number);
    Scheme scheme;
    try {
      scheme = Schemes.of(name, stated);
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
      return;
    }
    assertThat(number).as("%s of %s", parameter, name).isFinite();
    try {
      Drawn drawn = Drawn.of(tensor(scheme), scheme);
      for (float value : drawn.values()) {
        assertThat(value).isFinite();
      }
    } catch (ConfigurationException e) {
      assertThat(e.problems())
          .hasSize(1)
          .allSatisfy(problem -> assertThat(problem).doesNotContain("\n"));
    }
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void vectorsAndScalarsAreRefusedInOneLineIfTheSchemeIsForMatrices(Scheme scheme) {
    for (Shape shape : List.of(new Shape(List.of()), Shape.of(5))) {
      Tensor tensor = Tensor.of("w", shape, Role.DENSE, Layout.OUT_IN);
      if (shape.rank() < scheme.minRank()) {
        assertThatThrownBy(() -> Drawn.of(tensor, scheme))
            .isInstanceOfSatisfying(
                ConfigurationException.class, e -> assertThat(e.problems()).hasSize(1))
            .hasMessageContaining("Cannot initialise tensor 'w' of m: ")
            .hasMessageContaining(Schemes.name(scheme));
      }
    }
  }

  /** A dimension of zero is an empty tensor, whatever its fans are. */
  @ParameterizedTest
  @MethodSource("schemes")
  void emptyTensorsAreEmpty(Scheme scheme) {
    List<Shape> shapes =
        scheme.minRank() > 2
            ? List.of(Shape.of(0, 4, 3), Shape.of(4, 0, 3), Shape.of(4, 4, 0))
            : List.of(Shape.of(0, 4), Shape.of(4, 0), Shape.of(0, 0));
    for (Shape shape : shapes) {
      if (shape.rank() <= scheme.maxRank()) {
        Role role = shape.rank() > 2 ? Role.CONV : Role.DENSE;
        Tensor tensor = Tensor.of("w", shape, role, Layout.OUT_IN);
        assertThat(Drawn.of(tensor, scheme).values()).as("%s", shape).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void noFansAreNoDivisionByZero(Scheme scheme) {
    for (Fans fans : List.of(Fans.NONE, new Fans(0, 5), new Fans(5, 0))) {
      try {
        double factor = scheme.draw(fans).factor();
        assertThat(factor).as("%s of %s", fans, Schemes.name(scheme)).isFinite();
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage()).doesNotContain("\n").containsPattern("fan|matrix");
      }
    }
  }

  private static Tensor tensor(Scheme scheme) {
    if (scheme.minRank() > 2) {
      return Tensor.of("w", Shape.of(4, 4, 3), Role.CONV, Layout.OUT_IN);
    }
    return scheme.maxRank() < 2
        ? Tensor.of("w", Shape.of(4), Role.NORM_SHIFT, Layout.OUT_IN)
        : Tensor.of("w", Shape.of(4, 4), Role.DENSE, Layout.OUT_IN);
  }
}
