package dev.kindling.kernel;

/**
 * The product of matrices, {@code C += A B}, with B and C as stripes of columns and A laid out with
 * any strides. A stripe is {@value #FLOAT_STRIPE} or {@value #DOUBLE_STRIPE} columns wide (128
 * bytes) and stored by rows without gaps; a matrix of other width ends with a padded stripe.
 *
 * <p><b>Formula.</b> {@code C[i][j] = fma(A[i][k], B[k][j], C[i][j])} for k = 0, 1, ... in this
 * order: one chain for each element. So neither the kernels' tiles nor the vectors' width decide a
 * bit, and a product may be cut into stripes, ranges of rows and, with C kept between, ranges of k.
 */
public interface MatrixKernels {
  /** Columns of a stripe of float32. */
  int FLOAT_STRIPE = 32;

  /** Columns of a stripe of float64. */
  int DOUBLE_STRIPE = 16;

  /**
   * Adds a product to stripes of float32.
   *
   * @param extent how much
   * @param a holds A
   * @param place where A lies in it
   * @param b holds B
   * @param right where its stripes lie
   * @param c holds C, whose elements are none of A's and B's
   * @param sum where its stripes lie
   */
  void multiplyAdd(
      Extent extent, float[] a, Place place, float[] b, Series right, float[] c, Series sum);

  /**
   * Adds a product to stripes of float64; else like {@link #multiplyAdd(Extent, float[], Place,
   * float[], Series, float[], Series)}.
   */
  void multiplyAdd(
      Extent extent, double[] a, Place place, double[] b, Series right, double[] c, Series sum);

  /**
   * How much is multiplied.
   *
   * @param rows rows of A and C
   * @param depth columns of A, rows of B
   * @param stripes stripes of B and C
   */
  record Extent(int rows, int depth, int stripes) {}

  /**
   * Where a matrix lies in an array: element [i][k] at {@code offset + i rowStride + k
   * columnStride}; one of the two distances is 1.
   *
   * @param offset index of element [0][0]
   * @param rowStride distance between rows
   * @param columnStride distance between columns
   */
  record Place(int offset, int rowStride, int columnStride) {}

  /**
   * Where stripes lie in an array.
   *
   * @param offset index of the first one's element [0][0]
   * @param step distance between one stripe and the next
   */
  record Series(int offset, int step) {
    int stripe(int index) {
      return offset + index * step;
    }
  }
}
