package dev.kindling.simd;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.TruncatedMap;
import dev.kindling.kernel.WordChunks;
import dev.kindling.random.Stream;

/** Kernels on the Vector API, at the width that the JVM prefers. */
final class SimdKernels implements Kernels {
  @Override
  public void normal(
      Stream stream, long start, Affine affine, float[] target, int offset, int length) {
    WordChunks.forEach(
        VectorWords::tiles,
        stream,
        start,
        length,
        (words, first, done, count) ->
            VectorNormal.map(words, first, affine, target, offset + done, count));
  }

  @Override
  public void multiplyAdd(
      int rows, int depth, float[] a, Place place, float[] b, int bOffset, float[] c, int cOffset) {
    FloatProduct.multiplyAdd(rows, depth, a, place, b, bOffset, c, cOffset);
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
    DoubleProduct.multiplyAdd(rows, depth, a, place, b, bOffset, c, cOffset);
  }

  @Override
  public void uniform(
      Stream stream, long start, Affine affine, float[] target, int offset, int length) {
    WordChunks.forEach(
        VectorWords::tiles,
        stream,
        start,
        length,
        (words, first, done, count) ->
            VectorUniform.map(words, first, affine, target, offset + done, count));
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
        VectorWords::tiles,
        stream,
        start,
        length,
        (words, first, done, count) ->
            VectorTruncated.map(map, words, first, target, offset + done, count));
  }
}
