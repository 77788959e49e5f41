package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.model.Activation;
import dev.kindling.model.ElementType;
import dev.kindling.model.Fans;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.FanMode;
import dev.kindling.scheme.HeNormal;
import dev.kindling.scheme.Orthogonal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Three experts, whose matrices of 6 by 4 lie one behind the other. */
class ExpertWeightsTest {
  private static final int EXPERTS = 3;
  private static final int ROWS = 6;
  private static final int COLUMNS = 4;

  private static Tensor experts(Layout layout) {
    return new Tensor(
        "experts.w1",
        Shape.of(EXPERTS, ROWS, COLUMNS),
        ElementType.F32,
        Role.EXPERTS,
        layout,
        EXPERTS,
        1,
        Activation.NONE,
        List.of(),
        Optional.empty());
  }

  /** The columns of each expert's own matrix have length 1 and are at right angles. */
  @ParameterizedTest
  @EnumSource(Layout.class)
  void eachExpertIsAMatrixOfItsOwn(Layout layout) {
    float[] values = Drawn.of(experts(layout), new Orthogonal(1)).values();
    for (int expert = 0; expert < EXPERTS; expert++) {
      for (int a = 0; a < COLUMNS; a++) {
        for (int b = 0; b < COLUMNS; b++) {
          double product = 0;
          for (int row = 0; row < ROWS; row++) {
            int at = (expert * ROWS + row) * COLUMNS;
            product += (double) values[at + a] * values[at + b];
          }
          assertThat(product).isCloseTo(a == b ? 1 : 0, within(1e-6));
        }
      }
    }
    assertThat(values[0]).isNotEqualTo(values[ROWS * COLUMNS]);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void fansAreThoseOfOneExpert(Layout layout) {
    Drawn drawn = Drawn.of(experts(layout), new HeNormal(FanMode.FAN_IN, 0));
    boolean outputsFirst = layout == Layout.OUT_IN;
    assertThat(drawn.blocks().get(0).fans())
        .isEqualTo(outputsFirst ? new Fans(COLUMNS, ROWS) : new Fans(ROWS, COLUMNS));
    assertThat(drawn.entry().channels())
        .isEqualTo((long) EXPERTS * (outputsFirst ? ROWS : COLUMNS));
    Recipe recipe = new Recipe(Recipe.FORMAT_VERSION, 1, List.of(drawn.entry()));
    assertThat(RecipeJson.parse(RecipeJson.toJson(recipe), "it")).isEqualTo(recipe);
  }
}
