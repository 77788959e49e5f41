package dev.kindling.recipe;

import dev.kindling.kernel.Kernels;
import dev.kindling.matrix.HaarMatrix;
import dev.kindling.matrix.Precision;
import dev.kindling.random.Stream;
import dev.kindling.recipe.RecipeValues.Target;

/**
 * Elements of orthogonal blocks. Rows are computed in groups at fixed places, and the last group is
 * kept, since callers ask for a tensor piece by piece.
 */
final class OrthogonalRows {
  /** Largest number of elements in a group of rows, 16 MiB of float64. */
  private static final long GROUP_ELEMENTS = 1 << 21;

  private static final int MAX_GROUP_ROWS = 512;

  private final long seed;
  private final Kernels kernels;
  private Group last;

  OrthogonalRows(long seed, Kernels kernels) {
    this.seed = seed;
    this.kernels = kernels;
  }

  /** Writes elements of a tensor from a flat index on, all of them in the block. */
  void fill(RecipeEntry entry, Block block, long start, Target target) {
    MatrixPart part = MatrixPart.of(entry, block, start);
    long columns = entry.columns();
    for (int i = 0; i < target.length(); i++) {
      long row = (start + i) / columns;
      int column = (int) ((start + i) % columns);
      if (!part.holds(row)) {
        part = MatrixPart.of(entry, block, start + i);
      }
      target.put(i, element(part, (int) (row - part.firstRow()), column - part.firstColumn()));
    }
  }

  private float element(MatrixPart part, int row, int column) {
    if (last == null || !last.part.equals(part) || row < last.from || row >= last.to) {
      int height = (int) Math.max(1, Math.min(MAX_GROUP_ROWS, GROUP_ELEMENTS / part.columns()));
      int from = row / height * height;
      HaarMatrix matrix =
          new HaarMatrix(
              kernels,
              Stream.of(seed, part.tensor(), Stream.Purpose.REFLECTIONS),
              part.firstDraw(),
              part.rows(),
              part.columns());
      int to = Math.min(part.rows(), from + height);
      last = new Group(part, from, to, matrix.rows(Precision.FLOAT32, from, to));
    }
    return last.rows[(row - last.from) * part.columns() + column];
  }

  /** Consecutive rows of a matrix. */
  private static final class Group {
    private final MatrixPart part;
    private final int from;
    private final int to;
    private final float[] rows;

    Group(MatrixPart part, int from, int to, float[] rows) {
      this.part = part;
      this.from = from;
      this.to = to;
      this.rows = rows;
    }
  }
}
