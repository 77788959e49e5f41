package dev.kindling.matrix;

import dev.kindling.base.Require;
import dev.kindling.kernel.Kernels;
import dev.kindling.random.Stream;
import java.util.Objects;

/**
 * A Haar-distributed (semi-)orthogonal matrix of which any range of rows can be computed alone.
 *
 * <p><b>Formula.</b> With X the matrix's normal draws and {@code m = min(rows, columns)},
 * reflection k (0 to m - 1) has the vector u, equal to the draws of row k from the diagonal on
 * (rows &lt;= columns) or of column k from the diagonal down (rows &gt; columns), with {@code u_0
 * += s norm(u)}, s the sign of u_0, +1 for 0. {@code Q = H_0 ... H_(m-1) D} with {@code D_k =
 * -s_k}; the matrix is the transpose of Q's first columns if rows &lt;= columns, otherwise Q's
 * first columns.
 *
 * <p><b>Exactness.</b> Arithmetic is float64 in a fixed order over float32 draws, so no row depends
 * on which others are computed with it.
 *
 * <p><b>Source.</b> Stewart 1980, The efficient generation of random orthogonal matrices, SIAM J.
 * Numer. Anal. 17, section 3, <a href="https://doi.org/10.1137/0717034">doi:10.1137/0717034</a>;
 * signs as Mezzadri 2007, How to generate random matrices from the classical compact groups,
 * section 5, <a href="https://arxiv.org/abs/math-ph/0609050">math-ph/0609050</a>.
 */
public final class HaarMatrix {
  private final Draws draws;
  private final int rows;
  private final int columns;

  /**
   * Describes a matrix; nothing is computed yet.
   *
   * @param kernels what draws
   * @param stream where the draws come from
   * @param start index of the first draw; the matrix uses {@code rows * columns} indices
   * @param rows number of rows, positive
   * @param columns number of columns, positive
   */
  public HaarMatrix(Kernels kernels, Stream stream, long start, int rows, int columns) {
    Objects.requireNonNull(kernels, "kernels is null");
    Require.positive(rows, "rows");
    Require.positive(columns, "columns");
    this.draws = new Draws(kernels, stream, start, columns);
    this.rows = rows;
    this.columns = columns;
  }

  /**
   * Returns a range of rows.
   *
   * @param from first row
   * @param to one past the last
   * @return {@code [to - from][columns]}
   */
  public double[][] rows(int from, int to) {
    if (from < 0 || to > rows || from > to) {
      throw new IllegalArgumentException(
          "rows %d to %d of a matrix of %d rows".formatted(from, to, rows));
    }
    return rows <= columns
        ? WideRows.compute(draws, columns, from, to)
        : TallFactor.of(draws, rows, columns).rows(draws, from, to);
  }

  /** The normal draws of the matrix, by row. */
  record Draws(Kernels kernels, Stream stream, long start, int columns) {
    private static final Kernels.Affine STANDARD = new Kernels.Affine(1, 0);

    /**
     * Writes the draws of a row from column {@code from} on to the same places of {@code target}.
     */
    void row(int row, int from, int to, float[] target) {
      kernels.normal(
          stream, start + (long) row * columns + from, STANDARD, target, from, to - from);
    }
  }
}
