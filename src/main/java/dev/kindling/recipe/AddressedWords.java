package dev.kindling.recipe;

import dev.kindling.random.Stream;

/** Words of a stream one by one; cheap where neighbours are asked for one after the other. */
final class AddressedWords {
  private final Stream stream;
  private final int[] words = new int[Stream.TILE_WORDS];
  private long tile = -1;

  AddressedWords(Stream stream) {
    this.stream = stream;
  }

  /** Returns the word at an index. */
  int at(long index) {
    long wanted = index / Stream.TILE_WORDS;
    if (wanted != tile) {
      stream.tile(wanted, words);
      tile = wanted;
    }
    return words[(int) (index % Stream.TILE_WORDS)];
  }
}
