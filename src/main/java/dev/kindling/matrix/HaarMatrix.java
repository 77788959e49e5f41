package dev.kindling.matrix;

import dev.kindling.base.Require;
import dev.kindling.kernel.Kernels;
import dev.kindling.random.Stream;
import java.util.List;
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
 * <p><b>Exactness.</b> Bit-equal for any range of rows and any kernels, since every element is a
 * chain of fused multiply-adds in a fixed order. In float32 {@code |W^T W - I|} (or {@code W W^T})
 * stays below 1e-6 for any size, in float64 below 1e-12: norms and triangular factors are float64
 * in both.
 *
 * <p><b>Source.</b> Stewart 1980, The efficient generation of random orthogonal matrices, SIAM J.
 * Numer. Anal. 17, section 3, <a href="https://doi.org/10.1137/0717034">doi:10.1137/0717034</a>;
 * signs as Mezzadri 2007, How to generate random matrices from the classical compact groups,
 * section 5, <a href="https://arxiv.org/abs/math-ph/0609050">math-ph/0609050</a>.
 */
public final class HaarMatrix {
  private final Kernels kernels;
  private final Stream stream;
  private final long start;
  private final int rows;
  private final int columns;
  private final PieceStore store;

  /**
   * Describes a matrix whose factor, if it needs one, stays in this JVM; nothing is computed yet.
   *
   * @param kernels what draws and multiplies
   * @param stream where the draws come from
   * @param start index of the first draw; the matrix uses {@code rows * columns} indices
   * @param rows number of rows, positive
   * @param columns number of columns, positive
   */
  public HaarMatrix(Kernels kernels, Stream stream, long start, int rows, int columns) {
    this(kernels, stream, start, rows, columns, PieceStore.NONE);
  }

  /**
   * Describes a matrix; nothing is computed yet.
   *
   * @param store keeps the pieces of its factor, if it {@linkplain #sharesFactor is worth that}, or
   *     has blocks of its rows
   */
  public HaarMatrix(
      Kernels kernels, Stream stream, long start, int rows, int columns, PieceStore store) {
    this.kernels = Objects.requireNonNull(kernels, "kernels is null");
    this.stream = Objects.requireNonNull(stream, "stream is null");
    this.start = start;
    Require.positive(rows, "rows");
    Require.positive(columns, "columns");
    this.rows = rows;
    this.columns = columns;
    this.store = Objects.requireNonNull(store, "store is null");
  }

  /**
   * Returns whether there is a factor that all rows share and that takes so long to compute that
   * its pieces had better be made once than by everybody who needs rows. The shape alone decides.
   */
  public static boolean sharesFactor(int rows, int columns) {
    return rows > columns && new TallShape(rows, columns).isWorthKeeping();
  }

  /**
   * Returns whether there is no such factor, but the rows themselves take so long to compute that
   * they had better be made once if they are asked for several times. The shape alone decides.
   */
  public static boolean keepsRows(int rows, int columns) {
    return rows <= columns && WidePieces.areWorthKeeping(rows, columns);
  }

  /** Returns how many rows are computed together at best, from a multiple of that number on. */
  public static int blockRows(int columns) {
    return WidePieces.height(columns);
  }

  /**
   * Returns the pieces of a kind: of the factor that all rows share, or blocks of rows if there is
   * none. They may be computed anywhere and in any order, but are cheapest kind by kind.
   */
  public List<FactorPiece> pieces(FactorPiece.Kind kind) {
    return pieces(rows, columns, kind);
  }

  /** Returns the pieces of a kind of a matrix of this shape. */
  public static List<FactorPiece> pieces(int rows, int columns, FactorPiece.Kind kind) {
    if (rows > columns) {
      return FactorPieces.all(new TallShape(rows, columns), kind);
    }
    return kind == FactorPiece.Kind.ROWS ? WidePieces.all(rows, columns) : List.of();
  }

  /** Makes a piece stand in the store, unless it does; draws are of this precision. */
  public void make(Precision<?> precision, FactorPiece piece) {
    if (piece.kind() == FactorPiece.Kind.ROWS) {
      new WidePieces<>(draws(precision), store).make(piece);
    } else {
      new FactorPieces<>(draws(precision), store).make(piece);
    }
  }

  /**
   * Returns a range of rows, see {@link #rows(Precision, int, int, Object, int)}; read from the
   * store if it is one of the blocks kept there.
   *
   * @return {@code [to - from, columns]} by rows
   */
  public <A> A rows(Precision<A> precision, int from, int to) {
    A target = precision.allocate(Math.multiplyExact(Math.max(0, to - from), columns));
    if (!keepsRows(rows, columns)
        || !new WidePieces<>(draws(precision), store).load(from, to, target)) {
      rows(precision, from, to, target, 0);
    }
    return target;
  }

  /**
   * Writes a range of rows. The float64 matrix's draws are the float32 one's told more exactly, so
   * the two differ by rounding only.
   *
   * @param precision type of draws, arithmetic and result
   * @param from first row
   * @param to one past the last
   * @param target receives them by rows
   * @param offset index of the first element
   * @param <A> arrays of that type
   */
  public <A> void rows(Precision<A> precision, int from, int to, A target, int offset) {
    if (from < 0 || to > rows || from > to) {
      throw new IllegalArgumentException(
          "rows %d to %d of a matrix of %d rows".formatted(from, to, rows));
    }
    Draws<A> draws = draws(precision);
    if (rows <= columns) {
      WideRows.compute(draws, from, to, target, offset);
    } else if (from < to) {
      PieceStore pieces = sharesFactor(rows, columns) ? store : PieceStore.NONE;
      TallRows.compute(draws, TallFactor.of(draws, pieces), from, to, target, offset);
    }
  }

  private <A> Draws<A> draws(Precision<A> precision) {
    return new RealDraws<>(precision, kernels, stream, start, rows, columns);
  }
}
