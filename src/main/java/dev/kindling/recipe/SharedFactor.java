package dev.kindling.recipe;

import dev.kindling.kernel.Kernels;
import dev.kindling.matrix.FactorPiece;
import dev.kindling.matrix.HaarMatrix;
import dev.kindling.matrix.PieceStore;
import dev.kindling.matrix.Precision;
import dev.kindling.model.ElementType;
import dev.kindling.random.Stream;
import dev.kindling.scheme.Draw;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An orthogonal matrix within a tensor that takes so long to compute that what its rows share, or
 * its rows where they share nothing, had better be made once, piece by piece and in parallel,
 * before anybody asks for rows.
 *
 * @param tensor name of the tensor
 * @param firstDraw index of the matrix's first draw
 * @param rows its number of rows
 * @param columns its number of columns
 */
public record SharedFactor(String tensor, long firstDraw, int rows, int columns)
    implements Serializable {
  /** Returns the matrices of that kind that the values of a tensor need. */
  public static List<SharedFactor> of(RecipeEntry entry) {
    return entry.source() instanceof Source.Drawn drawn && entry.shape().elementCount() > 0
        ? drawn.blocks().stream().flatMap(block -> of(entry, block).stream()).toList()
        : List.of();
  }

  private static List<SharedFactor> of(RecipeEntry entry, Block block) {
    Draw draw = block.scheme().draw(block.fans());
    if (draw instanceof Draw.Haar) {
      return IntStream.range(0, block.axis() == Block.Axis.ROWS ? block.parts() : 1)
          .mapToObj(part -> MatrixPart.of(entry, block, firstIndex(entry, block, part)))
          .map(SharedFactor::of)
          .filter(SharedFactor::isWorthKeeping)
          .toList();
    }
    if (draw instanceof Draw.Mirrored mirrored) {
      return of(
          Mirror.of(entry.tensor(), entry.shape(), entry.layout(), block, mirrored).original());
    }
    return draw instanceof Draw.Centred centred
        ? of(CentreTap.of(entry.tensor(), entry.shape(), entry.layout(), block, centred).matrix())
        : List.of();
  }

  private boolean isWorthKeeping() {
    return HaarMatrix.sharesFactor(rows, columns) || HaarMatrix.keepsRows(rows, columns);
  }

  private static List<SharedFactor> of(InnerTensor inner) {
    return of(inner.entry(), inner.block());
  }

  private static SharedFactor of(MatrixPart part) {
    return new SharedFactor(part.tensor(), part.firstDraw(), part.rows(), part.columns());
  }

  /** Returns the index of the first element of a part of a block. */
  private static long firstIndex(RecipeEntry entry, Block block, int part) {
    return block.axis() == Block.Axis.COLUMNS
        ? block.from()
        : (block.from() + (block.to() - block.from()) / block.parts() * part) * entry.columns();
  }

  /**
   * Returns its pieces of a kind. They may be made anywhere and in any order, but are cheapest kind
   * by kind; of a kind, the costliest come last.
   */
  public List<FactorPiece> pieces(FactorPiece.Kind kind) {
    return HaarMatrix.pieces(rows, columns, kind);
  }

  /**
   * Makes a piece stand in a store, unless it does.
   *
   * @param seed the recipe's seed
   * @param dtype type of the values that it is for
   */
  public void make(
      long seed, Kernels kernels, ElementType dtype, FactorPiece piece, PieceStore store) {
    HaarMatrix matrix =
        new HaarMatrix(
            kernels,
            Stream.of(seed, tensor, Stream.Purpose.REFLECTIONS),
            firstDraw,
            rows,
            columns,
            store);
    matrix.make(dtype == ElementType.F64 ? Precision.FLOAT64 : Precision.FLOAT32, piece);
  }
}
