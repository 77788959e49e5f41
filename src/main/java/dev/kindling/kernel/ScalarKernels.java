package dev.kindling.kernel;

import dev.kindling.random.Stream;

/** The definition of every kernel, in plain Java. */
public final class ScalarKernels implements Kernels {
  private static final float UNIFORM_STEP = 0x1p-24f;

  @Override
  public void normal(
      Stream stream, long start, Affine affine, float[] target, int offset, int length) {
    forEachWord(
        stream, start, target, offset, length, word -> affine.apply(NormalQuantile.ofWord(word)));
  }

  @Override
  public void uniform(
      Stream stream, long start, Affine affine, float[] target, int offset, int length) {
    forEachWord(stream, start, target, offset, length, word -> affine.apply(centred(word)));
  }

  /**
   * The upper 24 bits of the word as a signed number k give {@code (2 k + 1) 2^-24}, which float32
   * holds exactly.
   */
  private static float centred(int word) {
    return (2 * (word >> 8) + 1) * UNIFORM_STEP;
  }

  private static void forEachWord(
      Stream stream, long start, float[] target, int offset, int length, WordMap map) {
    int[] words = new int[Stream.TILE_WORDS];
    int done = 0;
    while (done < length) {
      long index = start + done;
      int first = (int) (index % Stream.TILE_WORDS);
      int count = Math.min(Stream.TILE_WORDS - first, length - done);
      stream.tile(index / Stream.TILE_WORDS, words);
      for (int i = 0; i < count; i++) {
        target[offset + done + i] = map.apply(words[first + i]);
      }
      done += count;
    }
  }

  /** Turns a random word into a value. */
  @FunctionalInterface
  private interface WordMap {
    float apply(int word);
  }
}
