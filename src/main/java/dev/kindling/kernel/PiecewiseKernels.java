package dev.kindling.kernel;

import dev.kindling.random.Stream;

/** Kernels that make words and turn them into values piece by piece, each within the L1 cache. */
public abstract class PiecewiseKernels implements Kernels {
  @Override
  public final void fill(Variates variates, long start, float[] target, int offset, int length) {
    FloatMap map = floatMap(variates.law(), variates.affine().rounded());
    WordChunks.forEach(
        this::tiles,
        variates.stream(),
        start,
        length,
        (words, first, done, count) -> map.apply(words, first, target, offset + done, count));
  }

  @Override
  public final void fill(Variates variates, long start, double[] target, int offset, int length) {
    DoubleMap map = doubleMap(variates.law(), variates.affine());
    WordChunks.forEachLong(
        this::tiles,
        variates.stream(),
        start,
        length,
        (words, first, done, count) -> map.apply(words, first, target, offset + done, count));
  }

  /** Writes the words of consecutive tiles, as {@link Stream#tiles} does. */
  protected abstract void tiles(Stream stream, long tile, int count, int[] words);

  /** Returns what turns words into values. */
  protected abstract FloatMap floatMap(Law law, Affine affine);

  /** Returns what turns 64-bit words into values. */
  protected abstract DoubleMap doubleMap(Law law, Affine affine);

  /** Turns words into values. */
  @FunctionalInterface
  protected interface FloatMap {
    /** Writes the values of {@code count} words from {@code first} on. */
    void apply(int[] words, int first, float[] target, int offset, int count);
  }

  /** Turns 64-bit words into values. */
  @FunctionalInterface
  protected interface DoubleMap {
    /** Writes the values of {@code count} words from {@code first} on. */
    void apply(long[] words, int first, double[] target, int offset, int count);
  }
}
