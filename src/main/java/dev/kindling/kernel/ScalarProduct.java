package dev.kindling.kernel;

import dev.kindling.kernel.MatrixKernels.Extent;
import dev.kindling.kernel.MatrixKernels.Place;
import dev.kindling.kernel.MatrixKernels.Series;

/**
 * The definition of {@link MatrixKernels}. A row of C is kept in an array of its own, for only then
 * does the compiler see that it does not overlap with B.
 */
final class ScalarProduct {
  private ScalarProduct() {}

  static void multiplyAdd(
      Extent extent, float[] a, Place place, float[] b, Series right, float[] c, Series sum) {
    for (int s = 0; s < extent.stripes(); s++) {
      addToStripe(extent.rows(), extent.depth(), a, place, b, right.stripe(s), c, sum.stripe(s));
    }
  }

  static void multiplyAdd(
      Extent extent, double[] a, Place place, double[] b, Series right, double[] c, Series sum) {
    for (int s = 0; s < extent.stripes(); s++) {
      addToStripe(extent.rows(), extent.depth(), a, place, b, right.stripe(s), c, sum.stripe(s));
    }
  }

  private static void addToStripe(
      int rows, int depth, float[] a, Place place, float[] b, int bOffset, float[] c, int cOffset) {
    float[] row = new float[MatrixKernels.FLOAT_STRIPE];
    for (int i = 0; i < rows; i++) {
      int start = cOffset + i * row.length;
      System.arraycopy(c, start, row, 0, row.length);
      int left = place.offset() + i * place.rowStride();
      for (int k = 0; k < depth; k++) {
        addScaled(a[left + k * place.columnStride()], b, bOffset + k * row.length, row);
      }
      System.arraycopy(row, 0, c, start, row.length);
    }
  }

  private static void addToStripe(
      int rows,
      int depth,
      double[] a,
      Place place,
      double[] b,
      int bOffset,
      double[] c,
      int cOffset) {
    double[] row = new double[MatrixKernels.DOUBLE_STRIPE];
    for (int i = 0; i < rows; i++) {
      int start = cOffset + i * row.length;
      System.arraycopy(c, start, row, 0, row.length);
      int left = place.offset() + i * place.rowStride();
      for (int k = 0; k < depth; k++) {
        addScaled(a[left + k * place.columnStride()], b, bOffset + k * row.length, row);
      }
      System.arraycopy(row, 0, c, start, row.length);
    }
  }

  private static void addScaled(float factor, float[] b, int offset, float[] sum) {
    for (int j = 0; j < MatrixKernels.FLOAT_STRIPE; j++) {
      sum[j] = Math.fma(factor, b[offset + j], sum[j]);
    }
  }

  private static void addScaled(double factor, double[] b, int offset, double[] sum) {
    for (int j = 0; j < MatrixKernels.DOUBLE_STRIPE; j++) {
      sum[j] = Math.fma(factor, b[offset + j], sum[j]);
    }
  }
}
