package dev.kindling.matrix;

import dev.kindling.base.Require;
import dev.kindling.kernel.Kernels;
import dev.kindling.random.Stream;
import java.util.Objects;

/**
 * A Haar-distributed (semi-)unitary matrix of which any range of rows can be computed alone.
 *
 * <p><b>Formula.</b> With X the matrix's complex normal draws and {@code m = min(rows, columns)},
 * reflection k (0 to m - 1) has the vector u, equal to the draws of row k from the diagonal on
 * (rows &lt;= columns) or of column k from the diagonal down (rows &gt; columns), with {@code u_0 =
 * |x_0| + norm(x)}. {@code Q = H_0 ... H_(m-1) D} with {@code D_k = -p_k}, p the phase of x_0, 1
 * for 0; the matrix is the transpose of Q's first columns if rows &lt;= columns, otherwise Q's
 * first columns. (Stewart's vector is {@code p u}, with the same reflection, of the draws {@code
 * x_0, p x_1, p x_2, ...}, which are as good as x: p is independent of them.)
 *
 * <p><b>Exactness.</b> As of {@link HaarMatrix} in float64, which computes the real matrix of twice
 * the rows and columns, see {@link ComplexDraws}; only every other row of that is asked for, so the
 * work is that of complex arithmetic, 8 m^2 n - 8/3 m^3 multiply-adds for n the longer side.
 *
 * <p><b>Source.</b> Stewart 1980, The efficient generation of random orthogonal matrices, SIAM J.
 * Numer. Anal. 17, section 3, <a href="https://doi.org/10.1137/0717034">doi:10.1137/0717034</a>;
 * phases as Mezzadri 2007, How to generate random matrices from the classical compact groups,
 * section 4, <a href="https://arxiv.org/abs/math-ph/0609050">math-ph/0609050</a>.
 */
public final class UnitaryMatrix {
  private final ComplexDraws draws;
  private final int rows;
  private final int columns;

  /**
   * Describes a matrix; nothing is computed yet.
   *
   * @param kernels what draws and multiplies
   * @param stream where the draws come from; real and imaginary part of element (i, j) have the
   *     indices {@code 2 (i columns + j)} and the next
   * @param rows number of rows, positive and below 2^30
   * @param columns number of columns, positive and below 2^30
   */
  public UnitaryMatrix(Kernels kernels, Stream stream, int rows, int columns) {
    Objects.requireNonNull(kernels, "kernels is null");
    Objects.requireNonNull(stream, "stream is null");
    this.rows = (int) Require.positive(rows, "rows");
    this.columns = (int) Require.positive(columns, "columns");
    this.draws =
        new ComplexDraws(
            kernels, stream, Math.multiplyExact(2, rows), Math.multiplyExact(2, columns));
  }

  /**
   * Returns a range of rows, real and imaginary parts side by side.
   *
   * @param from first row
   * @param to one past the last
   * @return {@code [to - from, 2 columns]} by rows
   */
  public double[] rows(int from, int to) {
    if (from < 0 || to > rows || from > to) {
      throw new IllegalArgumentException(
          "rows %d to %d of a matrix of %d rows".formatted(from, to, rows));
    }
    double[] block = new double[Math.multiplyExact(to - from, draws.columns())];
    if (rows <= columns) {
      WideRows.compute(draws, 2 * from, 2 * to, block, 0);
      double[] phases = draws.phases(from, to);
      for (int i = 0; i < to - from; i++) {
        for (int j = 0; j < columns; j++) {
          turn(block, 2 * (i * columns + j), phases, 2 * i, 1);
        }
      }
    } else if (from < to) {
      TallFactor<double[]> factor = TallFactor.of(draws, PieceStore.NONE);
      TallRows.compute(draws, factor, 2 * from, 2 * to, block, 0);
      double[] phases = draws.phases(0, columns);
      for (int i = 0; i < to - from; i++) {
        for (int j = 0; j < columns; j++) {
          // The first row of a pair has real and negative imaginary parts.
          turn(block, 2 * (i * columns + j), phases, 2 * j, -1);
        }
      }
    }
    return block;
  }

  /** Multiplies an element by a phase, and the element's imaginary part by a sign before. */
  private static void turn(double[] block, int index, double[] phases, int phase, int sign) {
    double re = block[index];
    double im = sign * block[index + 1];
    block[index] = Math.fma(phases[phase], re, -(phases[phase + 1] * im));
    block[index + 1] = Math.fma(phases[phase], im, phases[phase + 1] * re);
  }
}
