package dev.kindling.recipe;

import dev.kindling.kernel.Affine;
import dev.kindling.random.Stream;

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
  void fill(long start, Affine affine, Target target) {
    if (!isMatrix) {
      for (int i = 0; i < target.length(); i++) {
        target.put(i, affine.factor() * shuffle.of(start + i, key) + affine.summand());
      }
      return;
    }
    target.fill(0, target.length(), affine.summand());
    long last = start + target.length() - 1;
    for (long row = start / size; row <= last / size; row++) {
      long one = row * size + shuffle.of(row, key);
      if (one >= start && one <= last) {
        target.put((int) (one - start), affine.factor() + affine.summand());
      }
    }
  }
}
