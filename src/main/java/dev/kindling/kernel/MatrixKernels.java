package dev.kindling.kernel;

/**
 * The product of matrices, one stripe of columns at a time: {@code C += A B} with a stripe of B and
 * of C, and A laid out with any strides. A stripe is {@value #FLOAT_STRIPE} or {@value
 * #DOUBLE_STRIPE} columns wide (128 bytes) and stored by rows without gaps; a matrix of other width
 * ends with a padded stripe.
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
   * Adds a product to a stripe of float32.
   *
   * @param rows rows of A and C
   * @param depth columns of A, rows of B
   * @param a holds A
   * @param place where A lies in it
   * @param b holds the stripe of B
   * @param bOffset index of B[0][0]
   * @param c holds the stripe of C; another array than {@code a} and {@code b}
   * @param cOffset index of C[0][0]
   */
  void multiplyAdd(
      int rows, int depth, float[] a, Place place, float[] b, int bOffset, float[] c, int cOffset);

  /**
   * Adds a product to a stripe of float64; else like {@link #multiplyAdd(int, int, float[], Place,
   * float[], int, float[], int)}.
   */
  void multiplyAdd(
      int rows,
      int depth,
      double[] a,
      Place place,
      double[] b,
      int bOffset,
      double[] c,
      int cOffset);

  /**
   * Where a matrix lies in an array: element [i][k] at {@code offset + i rowStride + k
   * columnStride}.
   *
   * @param offset index of element [0][0]
   * @param rowStride distance between rows
   * @param columnStride distance between columns
   */
  record Place(int offset, int rowStride, int columnStride) {}
}
