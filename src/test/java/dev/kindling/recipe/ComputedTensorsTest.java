package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.InputException;
import dev.kindling.kernel.ScalarKernels;
import dev.kindling.model.ElementType;
import dev.kindling.model.ExternalValues;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Values that were computed beforehand and stand in the recipe. */
class ComputedTensorsTest {
  private static final float[] SIX = {1, 2, 3, 4, 5, 0.1f};

  @Test
  void scalesAndShiftsEachOutputChannel() {
    PerChannel scale = new PerChannel(List.of(2.0, 0.3));
    PerChannel shift = new PerChannel(List.of(0.0, -1.0));

    RecipeEntry rows = entry(Shape.of(2, 3), Layout.OUT_IN, ElementType.F32);
    assertThat(floats(rows.scaledBy(scale).shiftedBy(shift)))
        .containsExactly(2, 4, 6, 0.2f, 0.5f, (float) (0.1f * 0.3 - 1));
    RecipeEntry columns = entry(Shape.of(3, 2), Layout.IN_OUT, ElementType.F32);
    assertThat(floats(columns.scaledBy(scale))).containsExactly(2, 0.6f, 6, 1.2f, 10, 0.1f * 0.3f);
    RecipeEntry taps = entry(Shape.of(1, 2, 3), Layout.IN_OUT, ElementType.F32);
    assertThat(floats(taps.scaledBy(scale))).containsExactly(2, 4, 6, 1.2f, 1.5f, 0.1f * 0.3f);
  }

  @Test
  void givesAnyRangeAndFloat64() {
    RecipeEntry entry = entry(Shape.of(2, 3), Layout.OUT_IN, ElementType.F16).scaledBy(1.0 / 3);
    float[] part = new float[2];
    values().fill(entry, 4, part, 0, 2);
    double[] exact = new double[2];
    values().fill(entry, 4, exact, 0, 2);

    assertThat(part).containsExactly((float) (5.0 / 3), (float) (0.1f * (1.0 / 3)));
    assertThat(exact).containsExactly(5 * (1.0 / 3), 0.1f * (1.0 / 3));
  }

  @Test
  void survivesAsJson() {
    Recipe recipe =
        new Recipe(
            Recipe.FORMAT_VERSION,
            7,
            List.of(
                entry(Shape.of(2, 3), Layout.OUT_IN, ElementType.F32)
                    .scaledBy(new PerChannel(List.of(0.5, 2.0)))));
    String json = RecipeJson.toJson(recipe);

    assertThat(json)
        .contains("\"computed\" : {")
        .contains("AACAPwAAAEAAAEBAAACAQAAAoEDNzMw9")
        .contains("\"crc32c\"");
    assertThat(RecipeJson.parse(json, "test")).isEqualTo(recipe);
    assertThat(RecipeJson.toJson(RecipeJson.parse(json, "test"))).isEqualTo(json);
  }

  @Test
  void refusesWhatIsTooLargeNotFiniteOrDamaged() {
    assertThatThrownBy(() -> Source.Computed.of(new float[Source.Computed.MAX_ELEMENTS + 1]))
        .hasMessage("too many values for a recipe (expected at most 2097152, found 2097153)");
    assertThatThrownBy(() -> Source.Computed.of(new float[] {Float.NaN}))
        .hasMessageContaining("computed value");
    Source.Computed damaged =
        new Source.Computed(
            new ExternalValues.Inline("AACAPwAAAEAAAEBAAACAQAAAoEDNzMw+", 0x1234),
            PerChannel.ONE,
            PerChannel.ZERO);
    RecipeEntry entry =
        entry(Shape.of(2, 3), Layout.OUT_IN, ElementType.F32).with(damaged, "damaged");
    assertThatThrownBy(() -> floats(entry))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(
            "Cannot read the computed tensor 't': its values have changed (expected CRC-32C 00001234");
  }

  private static RecipeEntry entry(Shape shape, Layout layout, ElementType type) {
    return new RecipeEntry(
        "t", shape, type, Role.DENSE, layout, List.of(), "from data", Source.Computed.of(SIX));
  }

  private static float[] floats(RecipeEntry entry) {
    float[] all = new float[6];
    values().fill(entry, 0, all, 0, 6);
    return all;
  }

  private static RecipeValues values() {
    return new RecipeValues(
        7,
        new ScalarKernels(),
        file -> {
          throw new AssertionError("no file is read");
        });
  }
}
