package dev.kindling.kernel;

import dev.kindling.random.Stream;

/** The definition of every kernel, in plain Java. */
public final class ScalarKernels implements Kernels {
  /** Distance between two neighbours of the uniform lattice, halved. */
  public static final float UNIFORM_STEP = 0x1p-24f;

  /** Tiles whose words are made in one go: 4 KiB, a part of the L1 cache. */
  private static final int CHUNK_TILES = 16;

  @Override
  public void normal(
      Stream stream, long start, Affine affine, float[] target, int offset, int length) {
    forEachChunk(
        stream,
        start,
        length,
        (words, first, done, count) -> {
          for (int i = 0; i < count; i++) {
            target[offset + done + i] = affine.apply(NormalQuantile.ofWord(words[first + i]));
          }
        });
  }

  @Override
  public void uniform(
      Stream stream, long start, Affine affine, float[] target, int offset, int length) {
    forEachChunk(
        stream,
        start,
        length,
        (words, first, done, count) -> {
          for (int i = 0; i < count; i++) {
            target[offset + done + i] = affine.apply(centred(words[first + i]));
          }
        });
  }

  @Override
  public void truncatedNormal(
      Stream stream,
      long start,
      Truncation truncation,
      Affine affine,
      float[] target,
      int offset,
      int length) {
    TruncatedMap map = TruncatedMap.of(truncation, affine);
    forEachChunk(
        stream,
        start,
        length,
        (words, first, done, count) -> {
          for (int i = 0; i < count; i++) {
            target[offset + done + i] = map.apply(words[first + i]);
          }
        });
  }

  /**
   * Returns a uniform draw: the upper 24 bits of the word as a signed number k give {@code (2 k +
   * 1) 2^-24}, which float32 holds exactly.
   */
  public static float centred(int word) {
    return ((word >> 7) | 1) * UNIFORM_STEP;
  }

  private static void forEachChunk(Stream stream, long start, int length, ChunkMap map) {
    int first = (int) (start % Stream.TILE_WORDS);
    long tiles = ((long) first + length + Stream.TILE_WORDS - 1) / Stream.TILE_WORDS;
    int[] words = new int[(int) Math.min(tiles, CHUNK_TILES) * Stream.TILE_WORDS];
    long tile = start / Stream.TILE_WORDS;
    int done = 0;
    while (done < length) {
      int count = Math.min(words.length - first, length - done);
      int needed = (first + count + Stream.TILE_WORDS - 1) / Stream.TILE_WORDS;
      stream.tiles(tile, needed, words);
      map.apply(words, first, done, count);
      tile += needed;
      done += count;
      first = 0;
    }
  }

  /** Turns the words of a chunk into values. */
  @FunctionalInterface
  private interface ChunkMap {
    /**
     * Applies the map.
     *
     * @param words the words
     * @param first place of the first word to use
     * @param done number of values written before
     * @param count number of values to write
     */
    void apply(int[] words, int first, int done, int count);
  }
}
