package dev.kindling.calibrate;

import dev.kindling.model.ElementType;
import dev.kindling.model.Fans;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.recipe.Block;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Source;
import dev.kindling.scheme.Normal;
import dev.kindling.scheme.Scheme;
import java.util.Arrays;
import java.util.List;

/** Small recipes. */
final class Recipes {
  private Recipes() {}

  /** Returns a recipe of matrices with these names. */
  static Recipe of(String... names) {
    return new Recipe(
        Recipe.FORMAT_VERSION,
        7,
        Arrays.stream(names).map(name -> entry(name, 4, new Normal(0, 1))).toList());
  }

  static RecipeEntry entry(String name, long rows, Scheme scheme) {
    return new RecipeEntry(
        name,
        Shape.of(rows, 3),
        ElementType.F32,
        Role.DENSE,
        Layout.OUT_IN,
        List.of(),
        "test",
        new Source.Drawn(List.of(Block.whole(rows, 1, scheme, Fans.NONE))));
  }
}
