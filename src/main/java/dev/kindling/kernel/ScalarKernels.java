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
  public Sums sums(float[] values, int offset, int length, double origin) {
    return ScalarSums.of(values, offset, length, origin);
  }

  @Override
  public Sums sums(double[] values, int offset, int length, double origin) {
    return ScalarSums.of(values, offset, length, origin);
  }
}
