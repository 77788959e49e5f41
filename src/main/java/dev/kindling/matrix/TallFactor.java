package dev.kindling.matrix;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What all rows of a matrix with more rows than columns share: the upper-triangular S of {@code
 * Q[R] = (E[R] - U[R] S) D}, with E the first columns of the identity.
 *
 * <p><b>Formula.</b> U holds the reflections' vectors as columns: the draws at and below the
 * diagonal, only U[k, k] is changed by s_k norm_k. {@code G = U^T U}, {@code S = (striu(G) +
 * diag(G) / 2)^-1 U_top^T}. See {@link TriangularFactor}.
 */
final class TallFactor<A> {
  /**
   * One factor per matrix and JVM, since every block of rows needs it; the collector may take it,
   * for it can be recomputed.
   */
  private static final Map<Draws<?>, Cached> CACHE = new ConcurrentHashMap<>();

  private static final ReferenceQueue<TallFactor<?>> COLLECTED = new ReferenceQueue<>();

  private final double[] heads;
  private final List<Stripes<A>> blocks;

  private TallFactor(double[] heads, List<Stripes<A>> blocks) {
    this.heads = heads;
    this.blocks = blocks;
  }

  /** Returns the factor of a matrix, read or computed at most once at a time per JVM. */
  @SuppressWarnings("unchecked") // The key's precision is that of its factor.
  static <A> TallFactor<A> of(Draws<A> draws, PieceStore store) {
    List<TallFactor<A>> factor = new ArrayList<>(1);
    forgetCollected();
    CACHE.compute(
        draws,
        (key, cached) -> {
          TallFactor<A> known = cached == null ? null : (TallFactor<A>) cached.get();
          factor.add(known == null ? compute(draws, store) : known);
          return known == null ? new Cached(key, factor.get(0)) : cached;
        });
    return factor.get(0);
  }

  /** Returns the diagonal of U. */
  double[] heads() {
    return heads;
  }

  /** Returns a block of columns of {@code -S D}, without the zeros below. */
  Stripes<A> block(int block) {
    return blocks.get(block);
  }

  /** Walks over what was collected only: a tensor may have thousands of small matrices. */
  private static void forgetCollected() {
    Reference<? extends TallFactor<?>> reference = COLLECTED.poll();
    while (reference != null) {
      CACHE.remove(((Cached) reference).key, reference);
      reference = COLLECTED.poll();
    }
  }

  static <A> TallFactor<A> compute(Draws<A> draws, PieceStore store) {
    FactorPieces<A> pieces = new FactorPieces<>(draws, store);
    TallShape shape = new TallShape(draws.rows(), draws.columns());
    TallSolver<A> solver = pieces.solver();
    List<Stripes<A>> blocks = new ArrayList<>();
    for (int block = 0; block < shape.factorBlocks(); block++) {
      blocks.add(pieces.factor(solver, block));
    }
    return new TallFactor<>(pieces.heads(), blocks);
  }

  /** A factor that the collector may take, and where it stands. */
  private static final class Cached extends SoftReference<TallFactor<?>> {
    private final Draws<?> key;

    Cached(Draws<?> key, TallFactor<?> factor) {
      super(factor, COLLECTED);
      this.key = key;
    }
  }
}
