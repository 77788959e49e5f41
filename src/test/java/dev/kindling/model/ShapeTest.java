package dev.kindling.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShapeTest {
  @Test
  void countsElements() {
    Shape shape = Shape.of(64, 3, 5, 7);

    assertThat(shape.rank()).isEqualTo(4);
    assertThat(shape.dim(1)).isEqualTo(3);
    assertThat(shape.elementCount()).isEqualTo(6720);
    assertThat(shape.elementsFrom(0)).isEqualTo(6720);
    assertThat(shape.elementsFrom(1)).isEqualTo(105);
    assertThat(shape.elementsFrom(4)).isEqualTo(1);
    assertThat(shape.elementsFrom(9)).isEqualTo(1);
    assertThat(shape).hasToString("[64, 3, 5, 7]");
  }

  @Test
  void scalarHasOneElement() {
    assertThat(Shape.of().elementCount()).isEqualTo(1);
    assertThat(Shape.of()).hasToString("[]");
  }

  @Test
  void countsBeyondTheIntRange() {
    assertThat(Shape.of(65_536, 65_536).elementCount()).isEqualTo(1L << 32);
    assertThat(Shape.of(1L << 31, (1L << 32) - 1).elementCount())
        .isEqualTo((1L << 63) - (1L << 31));
  }

  @Test
  void rejectsMoreElementsThanALongHolds() {
    assertThatThrownBy(() -> Shape.of(1L << 31, 1L << 32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("shape [2147483648, 4294967296] has more than 2^63 - 1 elements");
  }

  @Test
  void zeroMakesEmptyWhereverItStands() {
    assertThat(Shape.of(0).elementCount()).isZero();
    assertThat(Shape.of(3, 0, 5).elementCount()).isZero();
    assertThat(Shape.of(0, 3, 5).elementsFrom(1)).isEqualTo(15);
  }

  /**
   * Otherwise the product behind the zero would overflow later, far from the file that holds it.
   */
  @Test
  void zeroDoesNotExcuseExtentsThatOverflow() {
    assertThatThrownBy(() -> Shape.of(0, 1L << 40, 1L << 40))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has more than 2^63 - 1 elements");
  }

  @Test
  void rejectsNegativeExtents() {
    assertThatThrownBy(() -> Shape.of(3, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("dimension is negative: -1");
  }

  @Test
  void copiesItsExtents() {
    List<Long> dims = new ArrayList<>(List.of(2L, 3L));
    Shape shape = new Shape(dims);
    dims.set(0, 9L);
    assertThat(shape).isEqualTo(Shape.of(2, 3));
  }
}
