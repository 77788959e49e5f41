package dev.kindling.spark;

import dev.kindling.kernel.KernelsMode;
import dev.kindling.matrix.FactorPiece;
import dev.kindling.model.ElementType;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.SharedFactor;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Makes the factors of orthogonal matrices, and their rows, piece by piece on executors, one stage
 * per kind of piece for all matrices together. Pieces go through a folder; the driver sees none.
 */
final class SparkFactors {
  private static final Set<FactorPiece.Kind> KINDS_OF_FACTORS =
      EnumSet.complementOf(EnumSet.of(FactorPiece.Kind.ROWS));

  private final JavaSparkContext context;
  private final KernelsMode kernels;
  private final Consumer<String> progress;

  SparkFactors(JavaSparkContext context, KernelsMode kernels, Consumer<String> progress) {
    this.context = context;
    this.kernels = kernels;
    this.progress = progress;
  }

  /**
   * Makes all pieces stand in a folder; does nothing for tensors that share none.
   *
   * @param entries entries of tensors whose values are going to be asked for
   * @param seed the recipe's seed
   * @param dtype type of the values
   */
  void make(Collection<RecipeEntry> entries, long seed, ElementType dtype, PieceFolder folder) {
    make(KINDS_OF_FACTORS, entries, new Setting(seed, dtype, kernels, folder));
  }

  /**
   * The same for blocks of rows that share no factor: worth it where more than one executor, or one
   * more than once, is going to ask for them.
   */
  void makeRows(Collection<RecipeEntry> entries, long seed, ElementType dtype, PieceFolder folder) {
    make(EnumSet.of(FactorPiece.Kind.ROWS), entries, new Setting(seed, dtype, kernels, folder));
  }

  private void make(Set<FactorPiece.Kind> kinds, Collection<RecipeEntry> entries, Setting setting) {
    List<SharedFactor> factors =
        entries.stream().flatMap(entry -> SharedFactor.of(entry).stream()).distinct().toList();
    kinds.forEach(kind -> make(kind, pieces(factors, kind), setting));
  }

  /** Costliest first, so that none is left alone at the end. */
  private List<Work> pieces(List<SharedFactor> factors, FactorPiece.Kind kind) {
    List<Work> pieces = new ArrayList<>();
    for (SharedFactor factor : factors) {
      if (kind != FactorPiece.Kind.TILE || needsTiles(factor)) {
        factor.pieces(kind).forEach(piece -> pieces.add(new Work(factor, piece)));
      }
    }
    Collections.reverse(pieces);
    return pieces;
  }

  /**
   * Sums over tiles of rows are kept only where the blocks of columns alone would not occupy all
   * cores: of a matrix with many columns they are larger than the matrix.
   */
  private boolean needsTiles(SharedFactor factor) {
    return factor.pieces(FactorPiece.Kind.GRAM).size() < context.defaultParallelism()
        && factor.pieces(FactorPiece.Kind.TILE).size()
            > factor.pieces(FactorPiece.Kind.GRAM).size();
  }

  private void make(FactorPiece.Kind kind, List<Work> pieces, Setting setting) {
    if (pieces.isEmpty()) {
      return;
    }
    context.setJobDescription("orthogonal: " + kind.label());
    TaskProgress listener = new TaskProgress("Computed", pieces.size(), kind.label(), progress);
    context.sc().addSparkListener(listener);
    try {
      context.parallelize(pieces, pieces.size()).foreach(setting::make);
    } finally {
      context.sc().removeSparkListener(listener);
    }
  }

  /**
   * A piece of a matrix's factor.
   *
   * @param factor the factor
   * @param piece the piece
   */
  record Work(SharedFactor factor, FactorPiece piece) implements Serializable {}

  /**
   * What all tasks share.
   *
   * @param seed seed of every draw
   * @param dtype type of the values
   * @param kernels which kernels to draw with
   * @param folder where the pieces go
   */
  private record Setting(long seed, ElementType dtype, KernelsMode kernels, PieceFolder folder)
      implements Serializable {
    void make(Work work) {
      work.factor().make(seed, ExecutorKernels.load(kernels), dtype, work.piece(), folder.open());
    }
  }
}
