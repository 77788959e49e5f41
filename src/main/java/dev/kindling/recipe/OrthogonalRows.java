package dev.kindling.recipe;

import dev.kindling.kernel.Affine;
import dev.kindling.kernel.Kernels;
import dev.kindling.matrix.HaarMatrix;
import dev.kindling.matrix.PieceStore;
import dev.kindling.matrix.Precision;
import dev.kindling.random.Stream;

/**
 * Elements of orthogonal blocks. Rows are computed in groups at fixed places, and the last group is
 * kept, since callers ask for a tensor piece by piece.
 */
final class OrthogonalRows {
  private final long seed;
  private final Kernels kernels;
  private final PieceStore store;
  private Group<?> last;

  OrthogonalRows(long seed, Kernels kernels, PieceStore store) {
    this.seed = seed;
    this.kernels = kernels;
    this.store = store;
  }

  /** Writes elements of a tensor from a flat index on, all of them in the block. */
  void fill(RecipeEntry entry, Block block, long start, Affine affine, Target target) {
    MatrixPart part = MatrixPart.of(entry, block, start);
    long columns = entry.columns();
    for (int i = 0; i < target.length(); i++) {
      long row = (start + i) / columns;
      int column = (int) ((start + i) % columns);
      if (!part.holds(row)) {
        part = MatrixPart.of(entry, block, start + i);
      }
      Group<?> group = group(target.precision(), part, (int) (row - part.firstRow()));
      double element = group.at((int) (row - part.firstRow()), column - part.firstColumn());
      target.put(i, affine.factor() * element + affine.summand());
    }
  }

  private Group<?> group(Precision<?> precision, MatrixPart part, int row) {
    if (last == null || !last.holds(precision, part, row)) {
      int height = HaarMatrix.blockRows(part.columns());
      int from = row / height * height;
      HaarMatrix matrix =
          new HaarMatrix(
              kernels,
              Stream.of(seed, part.tensor(), Stream.Purpose.REFLECTIONS),
              part.firstDraw(),
              part.rows(),
              part.columns(),
              store);
      last = Group.compute(precision, part, matrix, from, Math.min(part.rows(), from + height));
    }
    return last;
  }

  /** Consecutive rows of a matrix. */
  private static final class Group<A> {
    private final Precision<A> precision;
    private final MatrixPart part;
    private final int from;
    private final int to;
    private final A rows;

    private Group(Precision<A> precision, MatrixPart part, int from, int to, A rows) {
      this.precision = precision;
      this.part = part;
      this.from = from;
      this.to = to;
      this.rows = rows;
    }

    static <A> Group<A> compute(
        Precision<A> precision, MatrixPart part, HaarMatrix matrix, int from, int to) {
      return new Group<>(precision, part, from, to, matrix.rows(precision, from, to));
    }

    boolean holds(Precision<?> wanted, MatrixPart other, int row) {
      return precision == wanted && part.equals(other) && row >= from && row < to;
    }

    double at(int row, int column) {
      return precision.at(rows, (row - from) * part.columns() + column);
    }
  }
}
