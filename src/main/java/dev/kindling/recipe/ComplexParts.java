package dev.kindling.recipe;

import dev.kindling.scheme.Unitary;
import dev.kindling.scheme.Unitary.Encoding;
import java.util.List;

/** Tensors that hold one part of a complex matrix: the other part must be drawn with it. */
final class ComplexParts {
  private ComplexParts() {}

  /** Returns a line for every tensor whose other part is missing or drawn differently. */
  static List<String> problems(List<RecipeEntry> entries, String model) {
    return entries.stream()
        .filter(entry -> isPart(entry) && entries.stream().noneMatch(other -> fits(entry, other)))
        .map(
            entry ->
                "Cannot initialise tensor '%s' of %s: it is half of a unitary matrix (expected tensor '%s' of shape %s with the same scheme)"
                    .formatted(
                        entry.tensor(), model, ComplexName.other(entry.tensor()), entry.shape()))
        .toList();
  }

  private static boolean isPart(RecipeEntry entry) {
    return entry.source() instanceof Source.Drawn drawn
        && drawn.blocks().get(0).scheme() instanceof Unitary unitary
        && unitary.encoding() == Encoding.PARTS
        && entry.shape().elementCount() > 0;
  }

  private static boolean fits(RecipeEntry entry, RecipeEntry other) {
    return other.tensor().equals(ComplexName.other(entry.tensor()))
        && other.shape().equals(entry.shape())
        && other.source().equals(entry.source());
  }
}
