package dev.kindling.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.model.ElementType;
import dev.kindling.model.Fans;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.recipe.Block;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Source;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Schemes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemeDensityTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "normal",
        "uniform",
        "truncated_normal",
        "he_normal",
        "glorot_uniform",
        "lecun_truncated_normal",
        "orthogonal"
      })
  void itsMassIsOneAndItsDeviationThatOfTheDensity(String scheme) {
    SchemeDensity density = density(scheme, 12, 20, 3);
    double step = density.std() / 400;
    double mass = 0;
    double square = 0;
    for (int i = -4800; i < 4800; i++) {
      double x = (i + 0.5) * step;
      mass += density.at(x) * step;
      square += density.at(x) * x * x * step;
    }
    assertThat(mass).isCloseTo(1, within(1e-3));
    assertThat(Math.sqrt(square)).isCloseTo(density.std(), within(2e-3 * density.std()));
  }

  /** Archimedes: a coordinate of a point of the sphere is uniform. */
  @Test
  void aCoordinateInThreeDimensionsIsUniform() {
    SchemeDensity density = density("orthogonal", 3, 3, 2);
    assertThat(density.at(-1.9)).isCloseTo(0.25, within(1e-12));
    assertThat(density.at(0)).isCloseTo(0.25, within(1e-12));
    assertThat(density.at(2.1)).isZero();
    assertThat(density.std()).isCloseTo(2 / Math.sqrt(3), within(1e-12));
  }

  /** In four: {@code (2 / pi) sqrt(1 - x^2)}, Wigner's semicircle. */
  @Test
  void aCoordinateInFourDimensionsIsASemicircle() {
    assertThat(density("orthogonal", 4, 2, 1).at(0.6)).isCloseTo(2 / Math.PI * 0.8, within(1e-12));
  }

  @Test
  void discreteDrawsHaveNone() {
    assertThat(SchemeDensity.of(entry("zeros", 4, 4, 1))).isEmpty();
    assertThat(SchemeDensity.of(entry("identity", 4, 4, 1))).isEmpty();
  }

  private static SchemeDensity density(String scheme, long rows, long columns, double scale) {
    return SchemeDensity.of(entry(scheme, rows, columns, scale)).orElseThrow();
  }

  static RecipeEntry entry(String name, long rows, long columns, double scale) {
    Scheme scheme = Schemes.of(name, Map.of());
    Block block = Block.whole(rows, 1, scheme, new Fans(columns, rows)).scaledBy(scale);
    return new RecipeEntry(
        "w",
        Shape.of(rows, columns),
        ElementType.F32,
        Role.DENSE,
        Layout.OUT_IN,
        List.of(),
        "test",
        new Source.Drawn(List.of(block)));
  }
}
