package dev.kindling.kernel;

import dev.kindling.random.Stream;

/** The definition of every kernel, in plain Java. */
public final class ScalarKernels implements Kernels {
  /** Distance between two neighbours of the uniform lattice, halved. */
  public static final float UNIFORM_STEP = 0x1p-24f;

  @Override
  public void normal(
      Stream stream, long start, Affine affine, float[] target, int offset, int length) {
    WordChunks.forEach(
        Stream::tiles,
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
  public void multiplyAdd(
      int rows, int depth, float[] a, Place place, float[] b, int bOffset, float[] c, int cOffset) {
    ScalarProduct.multiplyAdd(rows, depth, a, place, b, bOffset, c, cOffset);
  }

  @Override
  public void multiplyAdd(
      int rows,
      int depth,
      double[] a,
      Place place,
      double[] b,
      int bOffset,
      double[] c,
      int cOffset) {
    ScalarProduct.multiplyAdd(rows, depth, a, place, b, bOffset, c, cOffset);
  }

  @Override
  public void uniform(
      Stream stream, long start, Affine affine, float[] target, int offset, int length) {
    WordChunks.forEach(
        Stream::tiles,
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
    WordChunks.forEach(
        Stream::tiles,
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
}
