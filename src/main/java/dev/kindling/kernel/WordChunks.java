package dev.kindling.kernel;

import dev.kindling.random.Stream;

/** Cuts a range of a stream into pieces whose words fit into a part of the L1 cache. */
final class WordChunks {
  /** Tiles whose words are made in one go: 8 KiB. */
  private static final int TILES = 32;

  /** The most words in a piece. */
  static final int WORDS = TILES * Stream.TILE_WORDS;

  /** The same for 64-bit words, which are made from two such pieces: 8 KiB and twice 4 KiB. */
  private static final int LONG_TILES = 16;

  private WordChunks() {}

  /**
   * Makes the words of a range, piece by piece, and hands them on.
   *
   * @param source makes words
   * @param start index of the first
   * @param length their number
   * @param map receives them
   */
  static void forEach(WordSource source, long start, int length, Map<int[]> map) {
    forEach(source, start, length, TILES, map);
  }

  /**
   * Makes the 64-bit words of a range, piece by piece, and hands them on: the upper half of each is
   * a word of the first source, the lower one of the second.
   */
  static void forEachLong(
      WordSource uppers, WordSource lowers, long start, int length, Map<long[]> map) {
    int room = room(start, length, LONG_TILES);
    int[] lower = new int[room];
    long[] both = new long[room];
    forEach(
        uppers,
        start,
        length,
        LONG_TILES,
        (upper, first, done, count) -> {
          long tile = (start + done) / Stream.TILE_WORDS;
          lowers.tiles(tile, (int) tiles(first, count), lower);
          join(upper, lower, first, count, both);
          map.apply(both, first, done, count);
        });
  }

  private static void join(int[] upper, int[] lower, int first, int count, long[] both) {
    for (int i = first; i < first + count; i++) {
      both[i] = ((long) upper[i] << 32) | Integer.toUnsignedLong(lower[i]);
    }
  }

  private static void forEach(
      WordSource source, long start, int length, int tiles, Map<int[]> map) {
    int first = (int) (start % Stream.TILE_WORDS);
    int[] words = new int[room(start, length, tiles)];
    long tile = start / Stream.TILE_WORDS;
    int done = 0;
    while (done < length) {
      int count = Math.min(words.length - first, length - done);
      int needed = (int) tiles(first, count);
      source.tiles(tile, needed, words);
      map.apply(words, first, done, count);
      tile += needed;
      done += count;
      first = 0;
    }
  }

  private static int room(long start, int length, int tiles) {
    int first = (int) (start % Stream.TILE_WORDS);
    return (int) Math.min(tiles(first, length), tiles) * Stream.TILE_WORDS;
  }

  private static long tiles(int first, int length) {
    return ((long) first + length + Stream.TILE_WORDS - 1) / Stream.TILE_WORDS;
  }

  /** Turns words into values. */
  @FunctionalInterface
  interface Map<W> {
    /**
     * Applies the map.
     *
     * @param words the words
     * @param first place of the first word to use
     * @param done number of values made before
     * @param count number of values to make
     */
    void apply(W words, int first, int done, int count);
  }
}
