package dev.kindling.recipe;

import dev.kindling.random.Stream;
import dev.kindling.recipe.RecipeValues.Target;

/** A random permutation as numbers or as a matrix, any element alone. */
final class PermutationOrder {
  private final KeyedShuffle shuffle;
  private final int[] key = new int[KeyedShuffle.KEY_WORDS];
  private final boolean isMatrix;
  private final long size;

  PermutationOrder(RecipeEntry entry, Stream positions) {
    this.isMatrix = entry.shape().rank() == 2;
    this.size = entry.shape().dim(0);
    this.shuffle = new KeyedShuffle(size);
    AddressedWords words = new AddressedWords(positions);
    for (int i = 0; i < key.length; i++) {
      key[i] = words.at(i);
    }
  }

  /** Writes elements from a flat index on. */
  void fill(long start, Target target) {
    if (!isMatrix) {
      for (int i = 0; i < target.length(); i++) {
        target.put(i, (double) shuffle.of(start + i, key));
      }
      return;
    }
    target.fill(0);
    long last = start + target.length() - 1;
    for (long row = start / size; row <= last / size; row++) {
      long one = row * size + shuffle.of(row, key);
      if (one >= start && one <= last) {
        target.put((int) (one - start), 1);
      }
    }
  }
}
