package dev.kindling.matrix;

import dev.kindling.base.Require;
import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.MatrixKernels;
import dev.kindling.kernel.MatrixKernels.Extent;
import dev.kindling.kernel.MatrixKernels.Place;
import dev.kindling.kernel.Variates;
import dev.kindling.random.Stream;
import java.util.Objects;

/**
 * The orthogonal polar factor of a matrix of normal draws, as a whole.
 *
 * <p><b>Formula.</b> {@code (X X^T)^(-1/2) X} if rows &lt;= columns, else {@code X (X^T X)^(-1/2)};
 * both are U V^T of the thin singular value decomposition of X, Haar-distributed for normal X.
 * Newton-Schulz with Y the wide one of X and X^T, divided by the root of the largest row sum of |Y
 * Y^T|: {@code Y <- 3/2 rho Y - 1/2 rho^3 (Y Y^T) Y} with {@code rho^2 = 3 / (1 + l + l^2)}, l a
 * guess of the least singular value, from the shape first and then as the step moves it, raised to
 * {@code sqrt(1 - r)} with r the largest row sum of |I - Y Y^T|. The step that starts with r &lt;=
 * 2^-24 is the last.
 *
 * <p><b>Exactness.</b> float64 over float64 draws, products by {@link MatrixKernels}: the number of
 * steps and all bits depend on the shape and the draws alone. A wrong l costs steps, no accuracy.
 * Work: 4 m^2 n operations a step; the squarer the matrix, the more steps.
 *
 * <p><b>Source.</b> Higham 2008, Functions of Matrices, section 8.3; scaling: Chen, Chow 2014, A
 * stable scaling of Newton-Schulz for improving the sign function computation of a Hermitian
 * matrix, Argonne preprint ANL/MCS-P5059-0114.
 */
public final class PolarMatrix {
  /** A step from here leaves an error of the square of it. */
  private static final double LAST_STEP = 0x1p-24;

  /** Steps by factors of 1.5 at least: enough for a least singular value of 1e-30. */
  private static final int MOST_STEPS = 200;

  private static final int STRIPE = MatrixKernels.DOUBLE_STRIPE;

  private final Kernels kernels;
  private final int rows;
  private final int columns;
  private Stripes<double[]> wide;

  private PolarMatrix(Kernels kernels, int rows, int columns) {
    this.kernels = Objects.requireNonNull(kernels, "kernels is null");
    this.rows = (int) Require.positive(rows, "rows");
    this.columns = (int) Require.positive(columns, "columns");
  }

  /**
   * Computes a matrix.
   *
   * @param kernels what draws and multiplies
   * @param stream where the draws come from
   * @param start index of the first draw; the matrix uses {@code rows * columns} indices
   * @param rows number of rows, positive
   * @param columns number of columns, positive
   * @return the matrix, {@code [rows][columns]}
   */
  public static double[][] compute(
      Kernels kernels, Stream stream, long start, int rows, int columns) {
    PolarMatrix matrix = new PolarMatrix(kernels, rows, columns);
    matrix.draw(stream, start);
    matrix.iterate();
    return matrix.result();
  }

  private boolean isWide() {
    return rows <= columns;
  }

  private void draw(Stream stream, long start) {
    wide = stripes(Math.min(rows, columns), Math.max(rows, columns));
    double[] row = new double[columns];
    for (int i = 0; i < rows; i++) {
      kernels.fill(Variates.standardNormal(stream), start + (long) i * columns, row, 0, columns);
      for (int j = 0; j < columns; j++) {
        wide.set(isWide() ? i : j, isWide() ? j : i, row[j]);
      }
    }
  }

  private void iterate() {
    int m = wide.rows();
    Stripes<double[]> gram = gram();
    double bound = largestRowSum(gram, 0);
    scale(wide.values(), 1 / Math.sqrt(bound));
    scale(gram.values(), 1 / bound);
    double guess = (Math.sqrt(wide.columns()) - Math.sqrt(m - 1)) / 2;
    double least = Math.min(1, guess / Math.sqrt(bound));
    for (int step = 0; step < MOST_STEPS; step++) {
      double distance = largestRowSum(gram, 1);
      double low = Math.max(least, Math.sqrt(Math.max(0, 1 - distance)));
      double square = 3 / (1 + low + low * low);
      double rho = Math.sqrt(square);
      wide = step(gram, rho, square);
      if (distance <= LAST_STEP) {
        return;
      }
      least = Math.min(1, rho * low * (3 - square * low * low) / 2);
      gram = gram();
    }
    throw new ArithmeticException(
        "no polar form of a singular matrix of %d x %d".formatted(rows, columns));
  }

  /** Returns 3/2 rho Y - 1/2 rho^3 G Y; changes G. */
  private Stripes<double[]> step(Stripes<double[]> gram, double rho, double square) {
    scale(gram.values(), -rho * square / 2);
    Stripes<double[]> next = stripes(wide.rows(), wide.columns());
    System.arraycopy(wide.values(), 0, next.values(), 0, next.values().length);
    scale(next.values(), 1.5 * rho);
    multiplyAdd(gram, wide, next);
    return next;
  }

  private Stripes<double[]> gram() {
    Stripes<double[]> transposed = stripes(wide.columns(), wide.rows());
    for (int i = 0; i < wide.rows(); i++) {
      for (int j = 0; j < wide.columns(); j++) {
        transposed.set(j, i, wide.at(i, j));
      }
    }
    Stripes<double[]> gram = stripes(wide.rows(), wide.rows());
    multiplyAdd(wide, transposed, gram);
    return gram;
  }

  /** C += A B, a stripe of A's columns after the other. */
  private void multiplyAdd(Stripes<double[]> a, Stripes<double[]> b, Stripes<double[]> c) {
    for (int s = 0; s < a.count(); s++) {
      kernels.multiplyAdd(
          new Extent(a.rows(), Math.min(STRIPE, a.columns() - s * STRIPE), c.count()),
          a.values(),
          new Place(a.index(s, 0), STRIPE, 1),
          b.values(),
          b.series(0, s * STRIPE),
          c.values(),
          c.series(0, 0));
    }
  }

  /** Returns the largest row sum of |diagonal I - G|. */
  private static double largestRowSum(Stripes<double[]> gram, double diagonal) {
    double largest = 0;
    for (int i = 0; i < gram.rows(); i++) {
      double sum = 0;
      for (int j = 0; j < gram.columns(); j++) {
        sum += Math.abs((i == j ? diagonal : 0) - gram.at(i, j));
      }
      largest = Math.max(largest, sum);
    }
    return largest;
  }

  private static void scale(double[] values, double factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
  }

  private double[][] result() {
    double[][] result = new double[rows][columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        result[i][j] = isWide() ? wide.at(i, j) : wide.at(j, i);
      }
    }
    return result;
  }

  private static Stripes<double[]> stripes(int rows, int columns) {
    return new Stripes<>(Precision.FLOAT64, rows, columns);
  }
}
