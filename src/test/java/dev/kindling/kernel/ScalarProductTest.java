package dev.kindling.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.kernel.MatrixKernels.Extent;
import dev.kindling.kernel.MatrixKernels.Place;
import dev.kindling.kernel.MatrixKernels.Series;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the sum of the definition, element by element. */
class ScalarProductTest {
  private static final Kernels KERNELS = new ScalarKernels();
  private static final Series START = new Series(0, 0);

  @ParameterizedTest
  @CsvSource({"1, 1", "5, 3", "13, 40", "4, 0"})
  void isOneChainForEachElement(int rows, int depth) {
    Random random = new Random(1);
    int stripe = MatrixKernels.FLOAT_STRIPE;
    float[] a = floats(random, rows * depth);
    float[] b = floats(random, depth * stripe);
    float[] c = floats(random, rows * stripe);
    float[] before = c.clone();

    KERNELS.multiplyAdd(new Extent(rows, depth, 1), a, new Place(0, depth, 1), b, START, c, START);

    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < stripe; j++) {
        float sum = before[i * stripe + j];
        for (int k = 0; k < depth; k++) {
          sum = Math.fma(a[i * depth + k], b[k * stripe + j], sum);
        }
        assertThat(c[i * stripe + j]).isEqualTo(sum);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "5, 3", "13, 40"})
  void productsInTwoPiecesAreTheWhole(int rows, int depth) {
    Random random = new Random(2);
    int stripe = MatrixKernels.DOUBLE_STRIPE;
    double[] a = random.doubles((long) rows * depth).toArray();
    double[] b = random.doubles((long) depth * stripe).toArray();
    double[] whole = new double[rows * stripe];
    double[] pieces = new double[rows * stripe];
    int half = depth / 2;
    // A lies by columns here.
    KERNELS.multiplyAdd(
        new Extent(rows, depth, 1), a, new Place(0, 1, rows), b, START, whole, START);
    KERNELS.multiplyAdd(
        new Extent(rows, half, 1), a, new Place(0, 1, rows), b, START, pieces, START);
    KERNELS.multiplyAdd(
        new Extent(rows, depth - half, 1),
        a,
        new Place(half * rows, 1, rows),
        b,
        new Series(half * stripe, 0),
        pieces,
        START);

    assertThat(pieces).containsExactly(whole);
    assertThat(whole[stripe - 1]).isEqualTo(naive(a, rows, b, depth, stripe));
  }

  /** Row 0, last column. */
  private static double naive(double[] a, int rows, double[] b, int depth, int stripe) {
    double sum = 0;
    for (int k = 0; k < depth; k++) {
      sum = Math.fma(a[k * rows], b[k * stripe + stripe - 1], sum);
    }
    return sum;
  }

  private static float[] floats(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
