package dev.kindling.kernel;

import dev.kindling.random.Stream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Kernels that make words and turn them into values piece by piece, each within the L1 cache. */
public abstract class PiecewiseKernels implements Kernels {
  @Override
  public final void fill(Variates variates, long start, float[] target, int offset, int length) {
    FloatMap map = floatMap(variates.law(), variates.affine().rounded());
    WordChunks.forEach(
        words(variates.stream()),
        start,
        length,
        (words, first, done, count) -> map.apply(words, first, target, offset + done, count));
  }

  @Override
  public final void fill(Variates variates, long start, double[] target, int offset, int length) {
    DoubleMap map = doubleMap(variates.law(), variates.affine());
    WordChunks.forEachLong(
        words(variates.stream()),
        words(variates.stream().refinement()),
        start,
        length,
        (words, first, done, count) -> map.apply(words, first, target, offset + done, count));
  }

  /** Values are made in a piece within the L1 cache and leave it as bytes, at a copy's cost. */
  @Override
  public final void fill(Variates variates, long start, ByteBuffer target) {
    FloatMap map = floatMap(variates.law(), variates.affine().rounded());
    FloatBuffer values = target.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] piece = new float[WordChunks.WORDS];
    WordChunks.forEach(
        words(variates.stream()),
        start,
        values.remaining(),
        (words, first, done, count) -> {
          map.apply(words, first, piece, 0, count);
          values.put(piece, 0, count);
        });
    target.position(target.limit());
  }

  /** Returns what makes the words of a stream. */
  protected abstract WordSource words(Stream stream);

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
