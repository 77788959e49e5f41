package dev.kindling.kernel;

import dev.kindling.random.Stream;

/** Cuts a range of a stream into pieces whose words fit into a part of the L1 cache. */
public final class WordChunks {
  /** Tiles whose words are made in one go: 8 KiB. */
  private static final int TILES = 32;

  private WordChunks() {}

  /**
   * Makes the words of a range, piece by piece, and hands them on.
   *
   * @param source makes words
   * @param stream where they come from
   * @param start index of the first
   * @param length their number
   * @param map receives them
   */
  public static void forEach(Source source, Stream stream, long start, int length, Map map) {
    int first = (int) (start % Stream.TILE_WORDS);
    int[] words = new int[(int) Math.min(tiles(first, length), TILES) * Stream.TILE_WORDS];
    long tile = start / Stream.TILE_WORDS;
    int done = 0;
    while (done < length) {
      int count = Math.min(words.length - first, length - done);
      int needed = (int) tiles(first, count);
      source.tiles(stream, tile, needed, words);
      map.apply(words, first, done, count);
      tile += needed;
      done += count;
      first = 0;
    }
  }

  private static long tiles(int first, int length) {
    return ((long) first + length + Stream.TILE_WORDS - 1) / Stream.TILE_WORDS;
  }

  /** Makes words. */
  @FunctionalInterface
  public interface Source {
    /** Writes the words of consecutive tiles, as {@link Stream#tiles} does. */
    void tiles(Stream stream, long tile, int count, int[] words);
  }

  /** Turns words into values. */
  @FunctionalInterface
  public interface Map {
    /**
     * Applies the map.
     *
     * @param words the words
     * @param first place of the first word to use
     * @param done number of values made before
     * @param count number of values to make
     */
    void apply(int[] words, int first, int done, int count);
  }
}
