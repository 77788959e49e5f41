package dev.kindling.checkpoint.export;

import dev.kindling.model.Role;
import dev.kindling.reader.repair.ExportedNames;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import java.util.List;
import java.util.function.Predicate;

/**
 * The tensors of a recipe that the program which a graph was exported from has, too, and those that
 * only the graph has: constants without a parameter's name.
 */
public final class ParameterEntries {
  private ParameterEntries() {}

  /** Returns the tensors that the program has. */
  public static List<RecipeEntry> of(Recipe recipe) {
    return select(recipe, entry -> !isOfGraph(entry));
  }

  /** Returns the constants that only the graph has. */
  public static List<RecipeEntry> ofGraph(Recipe recipe) {
    return select(recipe, ParameterEntries::isOfGraph);
  }

  private static List<RecipeEntry> select(Recipe recipe, Predicate<RecipeEntry> which) {
    return recipe.entries().stream().filter(which).toList();
  }

  private static boolean isOfGraph(RecipeEntry entry) {
    return entry.role() == Role.CONSTANT && !ExportedNames.isParameter(entry.tensor());
  }
}
