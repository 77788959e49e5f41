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
    Part part = Part.of(entry, block, start);
    long columns = entry.columns();
    for (int i = 0; i < target.length(); i++) {
      long row = (start + i) / columns;
      int column = (int) ((start + i) % columns);
      if (!part.holds(row)) {
        part = Part.of(entry, block, start + i);
      }
      target.put(i, element(part, (int) (row - part.firstRow()), column - part.firstColumn()));
    }
  }

  private float element(Part part, int row, int column) {
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

  /**
   * One matrix within a tensor.
   *
   * @param tensor name of the tensor
   * @param firstRow the tensor's row where it begins
   * @param firstColumn the tensor's column where it begins
   * @param rows its number of rows
   * @param columns its number of columns
   * @param firstDraw index of its first draw, so that no two matrices of a tensor share one
   */
  private record Part(
      String tensor, long firstRow, int firstColumn, int rows, int columns, long firstDraw) {
    static Part of(RecipeEntry entry, Block block, long index) {
      if (block.axis() == Block.Axis.COLUMNS) {
        int columns = Math.toIntExact(block.to() - block.from());
        return new Part(
            entry.tensor(),
            0,
            Math.toIntExact(block.from()),
            Math.toIntExact(entry.rows()),
            columns,
            block.from() * entry.rows());
      }
      long height = (block.to() - block.from()) / block.parts();
      long row = index / entry.columns();
      long firstRow = block.from() + (row - block.from()) / height * height;
      return new Part(
          entry.tensor(),
          firstRow,
          0,
          Math.toIntExact(height),
          Math.toIntExact(entry.columns()),
          firstRow * entry.columns());
    }

    boolean holds(long row) {
      return row >= firstRow && row < firstRow + rows;
    }
  }

  /** Consecutive rows of a matrix. */
  private static final class Group {
    private final Part part;
    private final int from;
    private final int to;
    private final float[] rows;

    Group(Part part, int from, int to, float[] rows) {
      this.part = part;
      this.from = from;
      this.to = to;
      this.rows = rows;
    }
  }
}
