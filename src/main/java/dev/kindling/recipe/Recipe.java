package dev.kindling.recipe;

import dev.kindling.base.Require;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * All that is needed to rebuild every tensor, bit for bit, anywhere.
 *
 * @param formatVersion version of generators and format; 0 until they are final
 * @param seed the seed of every draw
 * @param entries one per tensor, in the model's order
 */
public record Recipe(int formatVersion, long seed, List<RecipeEntry> entries)
    implements Serializable {
  /** The version that this build reads and writes. Version 0 gives no promise to keep bits. */
  public static final int FORMAT_VERSION = 0;

  public Recipe {
    Require.notNegative(formatVersion, "format version");
    entries = List.copyOf(entries);
    Set<String> names = new HashSet<>();
    for (RecipeEntry entry : entries) {
      if (!names.add(entry.tensor())) {
        throw new IllegalArgumentException("two tensors are named '" + entry.tensor() + "'");
      }
    }
  }

  /**
   * Returns the entry of a tensor.
   *
   * @throws NoSuchElementException if there is none
   */
  public RecipeEntry entry(String tensor) {
    return entries.stream()
        .filter(entry -> entry.tensor().equals(tensor))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("no tensor '" + tensor + "' in the recipe"));
  }

  /** Returns this recipe with one tensor's scale multiplied by {@code factor}. */
  public Recipe scaledBy(String tensor, double factor) {
    return new Recipe(
        formatVersion,
        seed,
        entries.stream()
            .map(entry -> entry.tensor().equals(tensor) ? entry.scaledBy(factor) : entry)
            .toList());
  }
}
