package dev.kindling.kernel;

import dev.kindling.random.Stream;

/** The definition of every kernel, in plain Java. */
public final class ScalarKernels extends PiecewiseKernels {
  @Override
  protected WordSource words(Stream stream) {
    return stream::tiles;
  }

  @Override
  protected FloatMap floatMap(Law law, Affine affine) {
    if (law instanceof Law.Normal) {
      return (words, first, target, offset, count) -> {
        for (int i = 0; i < count; i++) {
          target[offset + i] = affine.apply(NormalQuantile.ofWord(words[first + i]));
        }
      };
    }
    if (law instanceof Law.TruncatedNormal truncated) {
      TruncatedMap map = TruncatedMap.of(truncated, affine);
      return (words, first, target, offset, count) -> {
        for (int i = 0; i < count; i++) {
          target[offset + i] = map.apply(words[first + i]);
        }
      };
    }
    return (words, first, target, offset, count) -> {
      for (int i = 0; i < count; i++) {
        target[offset + i] = affine.apply(UniformLattice.ofWord(words[first + i]));
      }
    };
  }

  @Override
  protected DoubleMap doubleMap(Law law, Affine affine) {
    if (law instanceof Law.Normal) {
      return (words, first, target, offset, count) -> {
        for (int i = 0; i < count; i++) {
          target[offset + i] = affine.apply(NormalQuantile64.ofWord(words[first + i]));
        }
      };
    }
    if (law instanceof Law.TruncatedNormal truncated) {
      TruncatedMap64 map = TruncatedMap64.of(truncated, affine);
      return map::apply;
    }
    return (words, first, target, offset, count) -> {
      for (int i = 0; i < count; i++) {
        target[offset + i] = affine.apply(UniformLattice.ofWord(words[first + i]));
      }
    };
  }

  @Override
  public void multiplyAdd(
      Extent extent, float[] a, Place place, float[] b, Series right, float[] c, Series sum) {
    ScalarProduct.multiplyAdd(extent, a, place, b, right, c, sum);
  }

  @Override
  public void multiplyAdd(
      Extent extent, double[] a, Place place, double[] b, Series right, double[] c, Series sum) {
    ScalarProduct.multiplyAdd(extent, a, place, b, right, c, sum);
  }

  @Override
  public Sums sums(float[] values, int offset, int length, double origin) {
    return ScalarSums.of(values, offset, length, origin);
  }

  @Override
  public Sums sums(double[] values, int offset, int length, double origin) {
    return ScalarSums.of(values, offset, length, origin);
  }
}
