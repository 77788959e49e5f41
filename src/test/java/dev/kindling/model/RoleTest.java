package dev.kindling.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RoleTest {
  @ParameterizedTest
  @EnumSource
  void hasAKebabCaseLabel(Role role) {
    assertThat(role.label()).matches("[a-z]+(-[a-z]+)*");
    assertThat(Role.ofLabel(role.label())).contains(role);
  }

  @ParameterizedTest
  @EnumSource
  void elementTypesHaveLabelsToo(ElementType type) {
    assertThat(ElementType.ofLabel(type.label())).contains(type);
    assertThat(type.label()).endsWith(type == ElementType.BOOL ? "" : "" + 8 * type.bytes());
  }

  @Test
  void unknownLabelsAreNothing() {
    assertThat(Role.ofLabel("Dense")).isEmpty();
    assertThat(Role.ofLabel("transposed_conv")).isEmpty();
    assertThat(ElementType.ofLabel("f8")).isEmpty();
  }
}
