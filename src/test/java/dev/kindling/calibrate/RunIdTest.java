package dev.kindling.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeJson;
import dev.kindling.scheme.Normal;
import dev.kindling.scheme.Zeros;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class RunIdTest {
  private static final Recipe RECIPE = Recipes.of("a", "b");
  private static final LsuvSettings SETTINGS = new LsuvSettings(512, 32, 1);
  private static final String SAMPLE = "00".repeat(32);

  @Test
  void everySettingChangesIt() {
    List<Recipe> recipes = recipes();
    List<String> ids = new ArrayList<>();
    recipes.forEach(recipe -> ids.add(RunId.of(recipe)));
    recipes.forEach(recipe -> ids.add(RunId.of(recipe, SETTINGS, SAMPLE)));
    ids.add(RunId.of(RECIPE, new LsuvSettings(513, 32, 1), SAMPLE));
    ids.add(RunId.of(RECIPE, new LsuvSettings(512, 33, 1), SAMPLE));
    ids.add(RunId.of(RECIPE, new LsuvSettings(32, 512, 1), SAMPLE));
    ids.add(RunId.of(RECIPE, new LsuvSettings(512, 32, Math.nextUp(1)), SAMPLE));
    ids.add(RunId.of(RECIPE, SETTINGS, "01".repeat(32)));
    assertThat(new HashSet<>(ids)).hasSameSizeAs(ids);
  }

  @Test
  void isSixteenHexadecimalDigits() {
    assertThat(RunId.of(RECIPE)).matches("[0-9a-f]{16}");
    assertThat(RunId.of(RECIPE, SETTINGS, SAMPLE)).matches("[0-9a-f]{16}");
  }

  @Test
  void nothingElseChangesIt() {
    String id = RunId.of(RECIPE, SETTINGS, SAMPLE);
    Recipe read = RecipeJson.parse(RecipeJson.toJson(RECIPE), "test");
    assertThat(RunId.of(read, new LsuvSettings(512, 32, 1.0), SAMPLE)).isEqualTo(id);
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG"));
      assertThat(RunId.of(Recipes.of("a", "b"), SETTINGS, SAMPLE)).isEqualTo(id);
    } finally {
      Locale.setDefault(before);
    }
  }

  private static List<Recipe> recipes() {
    return List.of(
        RECIPE,
        new Recipe(2, 7, RECIPE.entries()),
        new Recipe(Recipe.FORMAT_VERSION, 8, RECIPE.entries()),
        Recipes.of("a"),
        Recipes.of("b", "a"),
        Recipes.of("a", "c"),
        RECIPE.scaledBy("a", Math.nextUp(1)),
        RECIPE.scaledBy("b", 2),
        with(5, new Normal(0, 1)),
        with(4, new Normal(0, Math.nextUp(1))),
        with(4, new Zeros()));
  }

  private static Recipe with(long rows, dev.kindling.scheme.Scheme scheme) {
    return new Recipe(
        Recipe.FORMAT_VERSION, 7, List.of(Recipes.entry("a", rows, scheme), RECIPE.entry("b")));
  }
}
