package dev.kindling.datastart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.model.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class PatchWindowTest {
  /** Element (n, c, h, w) is the number nchw in decimal. */
  private static final Shape IMAGES = Shape.of(2, 4, 3, 5);

  private static final float[] VALUES = values();

  private static float[] values() {
    float[] values = new float[2 * 4 * 3 * 5];
    int at = 0;
    for (int n = 0; n < 2; n++) {
      for (int c = 0; c < 4; c++) {
        for (int h = 0; h < 3; h++) {
          for (int w = 0; w < 5; w++) {
            values[at++] = n * 1000 + c * 100 + h * 10 + w;
          }
        }
      }
    }
    return values;
  }

  @Test
  void cutsWhatAKernelSeesInItsGroup() {
    PatchWindow window = new PatchWindow(2, List.of(2, 2), List.of(1, 2));

    assertThat(window.places(IMAGES)).isEqualTo(2 * 3);
    assertThat(window.length(IMAGES)).isEqualTo(8);
    assertThat(window.cut(IMAGES, VALUES, 1, 0, 0))
        .containsExactly(1000, 1002, 1010, 1012, 1100, 1102, 1110, 1112);
    assertThat(window.cut(IMAGES, VALUES, 0, 5, 1))
        .containsExactly(212, 214, 222, 224, 312, 314, 322, 324);
  }

  @Test
  void putsZerosWhereAKernelIsLargerThanTheInput() {
    PatchWindow window = new PatchWindow(4, List.of(4, 1), List.of(1, 1));

    assertThat(window.places(IMAGES)).isEqualTo(5);
    assertThat(window.cut(IMAGES, VALUES, 0, 4, 3)).containsExactly(304, 314, 324, 0);
  }

  @Test
  void takesTheLastAxisForDenseLayers() {
    assertThat(PatchWindow.DENSE.places(IMAGES)).isEqualTo(12);
    assertThat(PatchWindow.DENSE.length(IMAGES)).isEqualTo(5);
    assertThat(PatchWindow.DENSE.cut(IMAGES, VALUES, 1, 11, 0))
        .containsExactly(1320, 1321, 1322, 1323, 1324);
    assertThat(PatchWindow.DENSE.places(Shape.of(7, 3))).isEqualTo(1);
  }

  @Test
  void choosesPlacesThatDependOnTheAddressAlone() {
    PatchPlaces places = new PatchPlaces(3, "conv1.weight", 40);
    int[] counts = new int[10];
    for (int row = 0; row < 100; row++) {
      for (int number = 0; number < 40; number++) {
        counts[(int) places.place(row, number, 10)]++;
      }
    }
    // Binomial of 4000 and 0.1: standard deviation 19, so 100 is more than five of them.
    for (int count : counts) {
      assertThat(count).isBetween(300, 500);
    }
    assertThat(places.place(99, 3, 1 << 20)).isEqualTo(places.place(99, 3, 1 << 20));
    assertThat(new PatchPlaces(4, "conv1.weight", 40).place(99, 3, 1 << 20))
        .isNotEqualTo(places.place(99, 3, 1 << 20));
  }

  @Test
  void aDenseLayerHasOnePatchPerRow() {
    assertThat(Directions.perRow(10_000, 512, 1)).isEqualTo(1);
    assertThat(Directions.perRow(10_000, 512, 36)).isEqualTo(20);
    assertThat(Directions.perRow(10_000, 20_000, 36)).isEqualTo(1);
  }
}
