package dev.kindling.matrix;

import dev.kindling.matrix.HaarMatrix.Draws;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What all rows of a matrix with more rows than columns share: the upper-triangular S of {@code
 * Q[R] = (E[R] - U[R] S) D}, with E the first columns of the identity.
 *
 * <p><b>Formula.</b> U holds the reflections' vectors as columns; it is the draws at and below the
 * diagonal, only U[k, k] is changed by s_k norm_k. {@code G = U^T U} comes from one pass over the
 * draws in row order and a correction of the top rows; {@code S = (striu(G) + diag(G) / 2)^-1
 * U_top^T}.
 *
 * <p><b>Source.</b> The compact WY form: Schreiber, Van Loan 1989, A storage-efficient WY
 * representation for products of Householder transformations, <a
 * href="https://doi.org/10.1137/0910005">doi:10.1137/0910005</a>; its inverse triangular factor:
 * Puglisi 1992, <a href="https://doi.org/10.1137/0913042">doi:10.1137/0913042</a>.
 */
final class TallFactor {
  /**
   * One factor per matrix and JVM, since every block of rows needs it; the collector may take it,
   * for it can be recomputed.
   */
  private static final Map<Key, Cached> CACHE = new ConcurrentHashMap<>();

  private static final ReferenceQueue<TallFactor> COLLECTED = new ReferenceQueue<>();

  /** What is added to the draws on the diagonal: s_k norm_k. */
  private final double[] diagonal;

  private final double[] signs;

  /**
   * S by columns, since a row of Q meets one column after the other; column l holds l + 1 elements.
   */
  private final double[][] columnsOfS;

  private TallFactor(double[] diagonal, double[] signs, double[][] columnsOfS) {
    this.diagonal = diagonal;
    this.signs = signs;
    this.columnsOfS = columnsOfS;
  }

  /** Returns the factor of a matrix, computed at most once at a time per JVM. */
  static TallFactor of(Draws draws, int rows, int columns) {
    TallFactor[] factor = new TallFactor[1];
    forgetCollected();
    CACHE.compute(
        new Key(draws, rows),
        (key, cached) -> {
          factor[0] = cached == null ? null : cached.get();
          if (factor[0] != null) {
            return cached;
          }
          factor[0] = compute(draws, rows, columns);
          return new Cached(key, factor[0]);
        });
    return factor[0];
  }

  /** Walks over what was collected only: a tensor may have thousands of small matrices. */
  private static void forgetCollected() {
    Reference<? extends TallFactor> reference = COLLECTED.poll();
    while (reference != null) {
      CACHE.remove(((Cached) reference).key, reference);
      reference = COLLECTED.poll();
    }
  }

  /** Returns rows of the matrix. */
  double[][] rows(Draws draws, int from, int to) {
    int columns = signs.length;
    double[][] block = new double[to - from][columns];
    float[] drawn = new float[columns];
    double[] row = new double[columns];
    for (int i = from; i < to; i++) {
      int filled = rowOfU(draws, i, drawn, row);
      double[] target = block[i - from];
      for (int l = 0; l < columns; l++) {
        double product = FixedOrder.dot(row, columnsOfS[l], 0, Math.min(filled, l + 1));
        target[l] = ((i == l ? 1 : 0) - product) * -signs[l];
      }
    }
    return block;
  }

  private int rowOfU(Draws draws, int i, float[] drawn, double[] row) {
    int filled = rowOfDraws(draws, i, drawn, row);
    if (i < signs.length) {
      row[i] += diagonal[i];
    }
    return filled;
  }

  /** Reads the draws of row i at and left of the diagonal and returns how many they are. */
  private static int rowOfDraws(Draws draws, int i, float[] drawn, double[] row) {
    int filled = Math.min(i + 1, row.length);
    draws.row(i, 0, filled, drawn);
    for (int k = 0; k < filled; k++) {
      row[k] = drawn[k];
    }
    return filled;
  }

  private static TallFactor compute(Draws draws, int rows, int n) {
    double[][] top = new double[n][];
    double[][] gram = gramOfDraws(draws, rows, n, top);
    double[] signs = new double[n];
    double[] diagonal = new double[n];
    for (int k = 0; k < n; k++) {
      signs[k] = top[k][k] >= 0 ? 1 : -1;
      diagonal[k] = signs[k] * Math.sqrt(gram[k][k]);
    }
    for (int l = 0; l < n; l++) {
      for (int k = 0; k < l; k++) {
        gram[l][k] = Math.fma(top[l][k], diagonal[l], gram[l][k]);
      }
      gram[l][l] += 2 * top[l][l] * diagonal[l] + diagonal[l] * diagonal[l];
      top[l][l] += diagonal[l];
    }
    return new TallFactor(diagonal, signs, solve(gram, top));
  }

  /**
   * Returns the lower triangle of X^T X over the draws at and below the diagonal, and the draws of
   * the top rows.
   */
  private static double[][] gramOfDraws(Draws draws, int rows, int n, double[][] top) {
    double[][] gram = new double[n][];
    for (int l = 0; l < n; l++) {
      gram[l] = new double[l + 1];
    }
    float[] drawn = new float[n];
    double[] row = new double[n];
    for (int i = 0; i < rows; i++) {
      int filled = rowOfDraws(draws, i, drawn, row);
      for (int l = 0; l < filled; l++) {
        addScaled(row, row[l], gram[l]);
      }
      if (i < n) {
        top[i] = Arrays.copyOf(row, filled);
      }
    }
    return gram;
  }

  private static void addScaled(double[] row, double factor, double[] sum) {
    for (int k = 0; k < sum.length; k++) {
      sum[k] = Math.fma(factor, row[k], sum[k]);
    }
  }

  /**
   * Solves {@code (striu(G) + diag(G) / 2) S = U_top^T} by back substitution, column by column of
   * S.
   *
   * @param gram G's lower triangle by rows, which is its upper triangle by columns
   * @param top U_top by rows
   */
  private static double[][] solve(double[][] gram, double[][] top) {
    int n = gram.length;
    double[][] solution = new double[n][];
    for (int column = 0; column < n; column++) {
      // Column l of U_top^T is row l of U_top. The matrix's column k stands in gram[k], so each
      // solved element is taken out of all those above it at once.
      double[] s = top[column].clone();
      for (int k = column; k >= 0; k--) {
        s[k] = 2 * s[k] / gram[k][k];
        for (int above = 0; above < k; above++) {
          s[above] = Math.fma(-s[k], gram[k][above], s[above]);
        }
      }
      solution[column] = s;
    }
    return solution;
  }

  /** A matrix: its draws and its number of rows. */
  private record Key(Draws draws, int rows) {}

  /** A factor that the collector may take, and where it stands. */
  private static final class Cached extends SoftReference<TallFactor> {
    private final Key key;

    Cached(Key key, TallFactor factor) {
      super(factor, COLLECTED);
      this.key = key;
    }
  }
}
