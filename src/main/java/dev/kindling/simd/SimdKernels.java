package dev.kindling.simd;

import dev.kindling.kernel.Affine;
import dev.kindling.kernel.Law;
import dev.kindling.kernel.PiecewiseKernels;
import dev.kindling.kernel.Sums;
import dev.kindling.kernel.TruncatedMap;
import dev.kindling.kernel.TruncatedMap64;
import dev.kindling.kernel.WordSource;
import dev.kindling.random.Stream;

/** Kernels on the Vector API, at the width that the JVM prefers. */
final class SimdKernels extends PiecewiseKernels {
  @Override
  protected WordSource words(Stream stream) {
    return new VectorWords(stream);
  }

  @Override
  protected FloatMap floatMap(Law law, Affine affine) {
    if (law instanceof Law.Normal) {
      return (words, first, target, offset, count) ->
          VectorNormal.map(words, first, affine, target, offset, count);
    }
    if (law instanceof Law.TruncatedNormal truncated) {
      TruncatedMap map = TruncatedMap.of(truncated, affine);
      return (words, first, target, offset, count) ->
          VectorTruncated.map(map, words, first, target, offset, count);
    }
    return (words, first, target, offset, count) ->
        VectorUniform.map(words, first, affine, target, offset, count);
  }

  @Override
  protected DoubleMap doubleMap(Law law, Affine affine) {
    if (law instanceof Law.Normal) {
      return (words, first, target, offset, count) ->
          VectorNormal64.map(words, first, affine, target, offset, count);
    }
    if (law instanceof Law.TruncatedNormal truncated) {
      TruncatedMap64 map = TruncatedMap64.of(truncated, affine);
      return (words, first, target, offset, count) ->
          map.apply(words, first, target, offset, count);
    }
    return (words, first, target, offset, count) ->
        VectorUniform64.map(words, first, affine, target, offset, count);
  }

  @Override
  public void multiplyAdd(
      Extent extent, float[] a, Place place, float[] b, Series right, float[] c, Series sum) {
    FloatProduct.multiplyAdd(extent, a, place, b, right, c, sum);
  }

  @Override
  public void multiplyAdd(
      Extent extent, double[] a, Place place, double[] b, Series right, double[] c, Series sum) {
    DoubleProduct.multiplyAdd(extent, a, place, b, right, c, sum);
  }

  @Override
  public Sums sums(float[] values, int offset, int length, double origin) {
    return VectorSums.of(values, offset, length, origin);
  }

  @Override
  public Sums sums(double[] values, int offset, int length, double origin) {
    return VectorSums.of(values, offset, length, origin);
  }
}
