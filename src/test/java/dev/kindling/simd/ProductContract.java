package dev.kindling.simd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.MatrixKernels;
import dev.kindling.kernel.MatrixKernels.Extent;
import dev.kindling.kernel.MatrixKernels.Place;
import dev.kindling.kernel.MatrixKernels.Series;
import dev.kindling.kernel.ScalarKernels;
import dev.kindling.kernel.Variates;
import dev.kindling.random.Stream;
import dev.kindling.random.Stream.Purpose;
import java.util.Arrays;
import java.util.List;

/** Holds products to the bits of {@link ScalarKernels}; part of {@link KernelsContract}. */
final class ProductContract {
  private static final Kernels SCALAR = new ScalarKernels();
  private static final Stream STREAM = Stream.of(8, "product", Purpose.ELEMENTS);
  private static final int[] ROWS = {0, 1, 2, 5, 6, 7, 11, 12, 13, 30, 97};
  private static final int[] DEPTHS = {0, 1, 2, 3, 8, 17, 96, 131};
  private static final List<Float> SPECIAL =
      List.of(0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE, 3e38f);

  private static final int STRIPES = 2;

  private ProductContract() {}

  /** Compares every size twice: before and after the first pass had it compiled. */
  static void verify(Kernels kernels) {
    for (int round = 0; round < 2; round++) {
      for (int rows : ROWS) {
        for (int depth : DEPTHS) {
          verify(kernels, rows, depth, new Place(3, depth + 5, 1));
          verify(kernels, rows, depth, new Place(1, 1, rows + 2));
        }
      }
      for (int i = 0; i < 200; i++) {
        verify(kernels, 96, 128, new Place(0, 128, 1));
      }
    }
  }

  private static void verify(Kernels kernels, int rows, int depth, Place place) {
    int stripe = MatrixKernels.FLOAT_STRIPE;
    float[] a = draw(0, place.offset() + (rows + 6) * (depth + 6));
    float[] b = draw(1 << 20, STRIPES * (depth + 1) * stripe);
    float[] c = draw(1 << 21, STRIPES * (rows + 2) * stripe);
    for (int i = 0; i < SPECIAL.size(); i++) {
      a[(31 * i + 7) % a.length] = SPECIAL.get(i);
      b[(67 * i + 5) % b.length] = SPECIAL.get(i);
    }
    float[] expected = c.clone();
    Extent extent = new Extent(rows, depth, STRIPES);
    Series right = new Series(stripe, depth * stripe);
    Series sum = new Series(stripe, (rows + 1) * stripe);
    SCALAR.multiplyAdd(extent, a, place, b, right, expected, sum);
    kernels.multiplyAdd(extent, a, place, b, right, c, sum);
    assertThat(Arrays.mismatch(c, expected)).isEqualTo(-1);
    verifyDoubles(kernels, rows, depth, place);
  }

  private static void verifyDoubles(Kernels kernels, int rows, int depth, Place place) {
    int stripe = MatrixKernels.DOUBLE_STRIPE;
    double[] a = widen(draw(0, place.offset() + (rows + 6) * (depth + 6)));
    double[] b = widen(draw(1 << 20, STRIPES * (depth + 1) * stripe));
    double[] c = widen(draw(1 << 21, STRIPES * (rows + 2) * stripe));
    double[] expected = c.clone();
    Extent extent = new Extent(rows, depth, STRIPES);
    Series right = new Series(stripe, depth * stripe);
    Series sum = new Series(stripe, (rows + 1) * stripe);
    SCALAR.multiplyAdd(extent, a, place, b, right, expected, sum);
    kernels.multiplyAdd(extent, a, place, b, right, c, sum);
    assertThat(Arrays.mismatch(c, expected)).isEqualTo(-1);
  }

  private static float[] draw(long start, int length) {
    float[] values = new float[length];
    SCALAR.fill(Variates.standardNormal(STREAM), start, values, 0, length);
    return values;
  }

  /** Divides by three, so that the lower half of the digits is not zero. */
  private static double[] widen(float[] values) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i] / 3.0);
    return wide;
  }
}
