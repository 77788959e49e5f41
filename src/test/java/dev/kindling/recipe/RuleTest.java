package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.Zeros;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleTest {
  @ParameterizedTest
  @CsvSource({
    "head.*, head.weight, true",
    "head.*, head., true",
    "head.*, head, false",
    "head.*, headXweight, false",
    "head.*, my.head.weight, false",
    "*.weight, a.b.weight, true",
    "*.weight, .weight, true",
    "*.weight, a.weights, false",
    "layer.?.weight, layer.3.weight, true",
    "layer.?.weight, layer.12.weight, false",
    "*, anything/at all, true",
    "a*b*c, abbbc, true",
    "a*b*c, acb, false",
    "w[0], w[0], true",
    "w[0], w0, false",
    "a+b(c)|d^$, a+b(c)|d^$, true",
    "'\\E*', '\\Ex', true",
    "Head.*, head.weight, false",
    "größe.?, größe.ß, true"
  })
  void globsMatchTheWholeName(String glob, String name, boolean matches) {
    Rule rule = new Rule(Optional.of(glob), Optional.empty(), new Zeros());
    assertThat(rule.matches(tensor(name, Role.DENSE))).isEqualTo(matches);
  }

  @Test
  void starMatchesLineBreaks() {
    Rule rule = new Rule(Optional.of("a*b"), Optional.empty(), new Zeros());
    assertThat(rule.matches(tensor("a\n\rb", Role.DENSE))).isTrue();
  }

  @Test
  void nameAndRoleMustBothMatch() {
    Rule rule = new Rule(Optional.of("head.*"), Optional.of(Role.BIAS), new Zeros());
    assertThat(rule.matches(tensor("head.bias", Role.BIAS))).isTrue();
    assertThat(rule.matches(tensor("head.weight", Role.DENSE))).isFalse();
    assertThat(rule.matches(tensor("body.bias", Role.BIAS))).isFalse();
    assertThat(rule.condition()).isEqualTo("match head.*, role bias");
  }

  @Test
  void roleAloneMatchesAnyName() {
    Rule rule = new Rule(Optional.empty(), Optional.of(Role.TRANSPOSED_CONV), new Zeros());
    assertThat(rule.matches(tensor("x", Role.TRANSPOSED_CONV))).isTrue();
    assertThat(rule.matches(tensor("x", Role.CONV))).isFalse();
    assertThat(rule.condition()).isEqualTo("role transposed-conv");
  }

  @Test
  void rejectsARuleForEverythingOrNothing() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Rule(Optional.empty(), Optional.empty(), new Zeros()))
        .withMessage("a rule needs match, role or both");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Rule(Optional.of(" "), Optional.empty(), new Zeros()))
        .withMessage("match is missing or blank");
  }

  private static Tensor tensor(String name, Role role) {
    return Tensor.of(name, Shape.of(2, 2), role, Layout.OUT_IN);
  }
}
