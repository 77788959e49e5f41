package dev.kindling.recipe;

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
record MatrixPart(
    String tensor, long firstRow, int firstColumn, int rows, int columns, long firstDraw) {
  /** Returns the matrix of a block that an element lies in. */
  static MatrixPart of(RecipeEntry entry, Block block, long index) {
    if (block.axis() == Block.Axis.COLUMNS) {
      int columns = Math.toIntExact(block.to() - block.from());
      return new MatrixPart(
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
    return new MatrixPart(
        entry.tensor(),
        firstRow,
        0,
        Math.toIntExact(height),
        Math.toIntExact(entry.columns()),
        firstRow * entry.columns());
  }

  /** Returns whether a row of the tensor goes through the matrix. */
  boolean holds(long row) {
    return row >= firstRow && row < firstRow + rows;
  }
}
