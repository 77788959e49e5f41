package dev.kindling.recipe;

import java.util.List;

/**
 * A recipe and what the user should know of how it came about.
 *
 * @param recipe the recipe
 * @param notes one line each
 */
public record Plan(Recipe recipe, List<String> notes) {
  public Plan {
    notes = List.copyOf(notes);
  }
}
