package dev.kindling.matrix;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.MatrixKernels.Extent;
import dev.kindling.kernel.MatrixKernels.Place;
import dev.kindling.matrix.Precision.Steps;

/**
 * Sums of products of columns, {@code G = X^T Y}, over rows that come in chunks; of {@code X^T X}
 * only the upper triangle.
 *
 * <p><b>Exactness.</b> A sum over {@value #CHAIN} rows is one chain of fused multiply-adds in the
 * working precision, in the order of the rows; such sums are added in float64 in their order. The
 * diagonal of {@code X^T X}, whose terms are all positive so that errors do not cancel, is a chain
 * in float64 over all rows.
 */
final class Gram<A> {
  /** Rows that are summed in the working precision; part of the format. */
  static final int CHAIN = 2048;

  /** Most rows of a chunk; a chain is a whole number of chunks. */
  static final int CHUNK = 256;

  /** Rows of G that are computed together; few, since what lies below the diagonal is in vain. */
  private static final int CACHED_ROWS = 48;

  private static final int CACHED_DEPTH = 256;

  private final Kernels kernels;
  private final Precision<A> precision;
  private final int rows;
  private final Stripes<A> right;
  private final Stripes<A> product;
  private final double[] sums;
  private final double[] squares;
  private final boolean symmetric;
  private int chained;

  private Gram(Kernels kernels, Precision<A> precision, int rows, int columns, boolean symmetric) {
    this.kernels = kernels;
    this.precision = precision;
    this.rows = rows;
    this.symmetric = symmetric;
    this.right = new Stripes<>(precision, CHUNK, columns);
    this.product = new Stripes<>(precision, rows, columns);
    this.sums = new double[Math.multiplyExact(rows, columns)];
    this.squares = new double[right.count() * precision.stripe()];
  }

  /** Starts the upper triangle of {@code X^T X} at zero. */
  static <A> Gram<A> symmetric(Kernels kernels, Precision<A> precision, int columns) {
    return new Gram<>(kernels, precision, columns, columns, true);
  }

  /** Starts {@code X^T Y} at zero. */
  static <A> Gram<A> rectangular(
      Kernels kernels, Precision<A> precision, int leftColumns, int rightColumns) {
    return new Gram<>(kernels, precision, leftColumns, rightColumns, false);
  }

  /**
   * Adds a chunk of rows: {@value #CHUNK}, or those that are left.
   *
   * @param x holds X and Y
   * @param left where the transpose of X's chunk lies: a row of it is a column of X
   * @param y where the transpose of Y's chunk lies; ignored for {@code X^T X}
   * @param depth rows of the chunk
   * @param filled leading columns of Y that are not all zero
   */
  void add(A x, Place left, Place y, int depth, int filled) {
    int stripes = (filled + precision.stripe() - 1) / precision.stripe();
    copyRight(x, symmetric ? left : y, depth, stripes);
    for (int k = 0; k < depth; k += CACHED_DEPTH) {
      for (int i = 0; i < rows; i += CACHED_ROWS) {
        multiply(x, left, i, k, Math.min(CACHED_DEPTH, depth - k), stripes);
      }
    }
    if (symmetric) {
      addSquares(depth, stripes);
    }
    chained += depth;
    if (chained == CHAIN) {
      endChain();
    }
  }

  /** Returns G by rows; of {@code X^T X} what lies below the diagonal means nothing. */
  double[] sums() {
    endChain();
    if (symmetric) {
      for (int i = 0; i < rows; i++) {
        sums[i * rows + i] = squares[i];
      }
    }
    return sums;
  }

  private void addSquares(int depth, int stripes) {
    int width = precision.stripe();
    for (int stripe = 0; stripe < stripes; stripe++) {
      for (int k = 0; k < depth; k++) {
        precision.addSquares(
            right.values(), right.index(stripe, k), squares, stripe * width, width);
      }
    }
  }

  private void copyRight(A x, Place y, int depth, int stripes) {
    boolean rowsLieTogether = y.rowStride() == 1;
    int columns = right.columns();
    for (int stripe = 0; stripe < stripes; stripe++) {
      int first = stripe * precision.stripe();
      int width = Math.min(precision.stripe(), columns - first);
      int from = y.offset() + first * y.rowStride();
      int to = right.index(stripe, 0);
      if (rowsLieTogether) {
        for (int k = 0; k < depth; k++) {
          copy(x, from + k * y.columnStride(), 1, to + k * precision.stripe(), 1, width);
        }
      } else {
        for (int j = 0; j < width; j++) {
          copy(x, from + j * y.rowStride(), y.columnStride(), to + j, precision.stripe(), depth);
        }
      }
    }
  }

  private void copy(A x, int from, int fromStride, int to, int toStride, int length) {
    precision.copy(
        x, new Steps(from, fromStride), right.values(), new Steps(to, toStride), length, 1);
  }

  private void multiply(A x, Place left, int i, int k, int depth, int stripes) {
    int first = symmetric ? i / precision.stripe() : 0;
    if (first >= stripes) {
      return;
    }
    Extent extent = new Extent(Math.min(CACHED_ROWS, rows - i), depth, stripes - first);
    Place place =
        new Place(
            left.offset() + i * left.rowStride() + k * left.columnStride(),
            left.rowStride(),
            left.columnStride());
    precision.multiplyAdd(
        kernels,
        extent,
        x,
        place,
        right.values(),
        right.series(first, k),
        product.values(),
        product.series(first, i));
  }

  /** Returns how many rows of a stripe of G count: those down to the diagonal. */
  private int filledRows(int stripe) {
    return symmetric ? Math.min(rows, (stripe + 1) * precision.stripe()) : rows;
  }

  private void endChain() {
    if (chained == 0) {
      return;
    }
    int columns = product.columns();
    for (int stripe = 0; stripe < product.count(); stripe++) {
      int first = stripe * precision.stripe();
      int width = Math.min(precision.stripe(), columns - first);
      for (int i = 0; i < filledRows(stripe); i++) {
        precision.addTo(
            product.values(), product.index(stripe, i), sums, i * columns + first, width);
      }
    }
    product.clear();
    chained = 0;
  }
}
