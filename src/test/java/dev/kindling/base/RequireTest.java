package dev.kindling.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequireTest {
  @Test
  void returnsWhatItChecked() {
    assertThat(Require.positive(Double.MIN_VALUE, "x")).isEqualTo(Double.MIN_VALUE);
    assertThat(Require.notNegative(0.0, "x")).isZero();
    assertThat(Require.finite(-Double.MAX_VALUE, "x")).isEqualTo(-Double.MAX_VALUE);
    assertThat(Require.positive(1L, "x")).isEqualTo(1);
    assertThat(Require.notNegative(0L, "x")).isZero();
    assertThat(Require.notBlank(" a ", "x")).isEqualTo(" a ");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void positiveNumber(double value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Require.positive(value, "gain"))
        .withMessage("gain is not positive and finite: " + value);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e-300, Double.NaN, Double.POSITIVE_INFINITY})
  void notNegativeNumber(double value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Require.notNegative(value, "std"))
        .withMessage("std is negative or not finite: " + value);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void finiteNumber(double value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Require.finite(value, "mean"))
        .withMessage("mean is not finite: " + value);
  }

  @Test
  void wholeNumbersAndTexts() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Require.positive(0L, "rows"))
        .withMessage("rows is not positive: 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Require.notNegative(-1L, "count"))
        .withMessage("count is negative: -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Require.notBlank(" \t", "name"))
        .withMessage("name is missing or blank");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Require.notBlank(null, "name"))
        .withMessage("name is missing or blank");
  }
}
