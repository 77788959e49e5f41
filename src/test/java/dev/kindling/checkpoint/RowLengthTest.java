package dev.kindling.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.model.Shape;
import org.junit.jupiter.api.Test;

class RowLengthTest {
  @Test
  void isOneRowPerOutputOrOneForABias() {
    assertThat(RowLength.of(Shape.of(10, 20))).isEqualTo(20);
    assertThat(RowLength.of(Shape.of(64, 3, 7, 7))).isEqualTo(147);
    assertThat(RowLength.of(Shape.of(10))).isEqualTo(10);
    assertThat(RowLength.of(Shape.of())).isEqualTo(1);
    assertThat(RowLength.rowCount(Shape.of(64, 3, 7, 7))).isEqualTo(64);
    assertThat(RowLength.rowCount(Shape.of())).isEqualTo(1);
  }

  @Test
  void dropsLeadingAxesAndThenCuts() {
    assertThat(RowLength.of(Shape.of(2, 1 << 22))).isEqualTo(1 << 22);
    assertThat(RowLength.of(Shape.of(2, 3, 1 << 21, 2))).isEqualTo(1 << 22);
    assertThat(RowLength.of(Shape.of(2, 3, 1 << 22, 2))).isEqualTo(2);
    assertThat(RowLength.of(Shape.of(2, 2, 5_000_000))).isEqualTo(1 << 22);
    assertThat(RowLength.rowCount(Shape.of(2, 2, 5_000_000))).isEqualTo(5);
    assertThat(RowLength.of(Shape.of(1_000_000_000_000L))).isEqualTo(1 << 22);
    assertThat(RowLength.rowCount(Shape.of(1_000_000_000_000L))).isEqualTo(238_419);
  }

  @Test
  void hasNoRowsForEmptyTensors() {
    assertThat(RowLength.rowCount(Shape.of(0))).isZero();
    assertThat(RowLength.rowCount(Shape.of(0, 5))).isZero();
    assertThat(RowLength.rowCount(Shape.of(5, 0))).isZero();
  }
}
