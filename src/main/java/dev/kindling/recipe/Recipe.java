package dev.kindling.recipe;

import dev.kindling.base.Require;
import dev.kindling.model.SourceTensor;
import dev.kindling.preset.Presets;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * All that is needed to rebuild every tensor, bit for bit, anywhere.
 *
 * @param formatVersion version of generators and format; a version's bits never change
 * @param seed the seed of every draw
 * @param presets names of the presets that went into it, of which one at most scales weights
 * @param entries one per tensor, in the model's order
 */
public record Recipe(int formatVersion, long seed, List<String> presets, List<RecipeEntry> entries)
    implements Serializable {
  /** The version that this build reads and writes. Version 0 gives no promise to keep bits. */
  public static final int FORMAT_VERSION = 1;

  public Recipe {
    Require.notNegative(formatVersion, "format version");
    presets = List.copyOf(presets);
    entries = List.copyOf(entries);
    Presets.requireOneScaling(presets);
    Set<String> names = new HashSet<>();
    for (RecipeEntry entry : entries) {
      if (!names.add(entry.tensor())) {
        throw new IllegalArgumentException("two tensors are named '" + entry.tensor() + "'");
      }
    }
  }

  /** Returns a recipe that no preset went into. */
  public Recipe(int formatVersion, long seed, List<RecipeEntry> entries) {
    this(formatVersion, seed, List.of(), entries);
  }

  /**
   * Returns the entry of a tensor.
   *
   * @param tensor its name or an alias
   * @throws NoSuchElementException if there is none
   */
  public RecipeEntry entry(String tensor) {
    return entries.stream()
        .filter(entry -> entry.isNamed(tensor))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("no tensor '" + tensor + "' in the recipe"));
  }

  /** Returns this recipe with one tensor's scale multiplied by {@code factor}. */
  public Recipe scaledBy(String tensor, double factor) {
    return scaledBy(tensor, PerChannel.all(factor));
  }

  /**
   * Returns this recipe with one tensor's scale multiplied by {@code factors}.
   *
   * @param tensor its name or an alias
   */
  public Recipe scaledBy(String tensor, PerChannel factors) {
    return changed(tensor, entry -> entry.scaledBy(factors));
  }

  /**
   * Returns this recipe with {@code summands} added to one tensor's shift.
   *
   * @param tensor its name or an alias
   */
  public Recipe shiftedBy(String tensor, PerChannel summands) {
    return changed(tensor, entry -> entry.shiftedBy(summands));
  }

  /** Returns this recipe with other entries. */
  public Recipe withEntries(List<RecipeEntry> others) {
    return new Recipe(formatVersion, seed, presets, others);
  }

  /** Returns this recipe with another entry for a tensor that it has. */
  public Recipe with(RecipeEntry other) {
    return changed(other.tensor(), entry -> other);
  }

  /** Returns the tensors of other checkpoints that it takes values from, each once. */
  public List<SourceTensor> sources() {
    return entries.stream().flatMap(entry -> entry.source().tensors().stream()).distinct().toList();
  }

  /**
   * Returns this recipe with the digests of all tensors of other checkpoints.
   *
   * @param read finds those that are not known yet
   */
  public Recipe withDigests(Function<List<SourceTensor>, Map<SourceTensor, String>> read) {
    List<SourceTensor> unread =
        sources().stream().filter(tensor -> tensor.digest().isEmpty()).toList();
    if (unread.isEmpty()) {
      return this;
    }
    Map<SourceTensor, String> found = read.apply(unread);
    UnaryOperator<SourceTensor> known =
        tensor -> found.containsKey(tensor) ? tensor.withDigest(found.get(tensor)) : tensor;
    return new Recipe(
        formatVersion,
        seed,
        presets,
        entries.stream().map(entry -> entry.withSource(entry.source().with(known))).toList());
  }

  private Recipe changed(String tensor, UnaryOperator<RecipeEntry> change) {
    return new Recipe(
        formatVersion,
        seed,
        presets,
        entries.stream()
            .map(entry -> entry.isNamed(tensor) ? change.apply(entry) : entry)
            .toList());
  }
}
