package dev.kindling.recipe;

import dev.kindling.kernel.Affine;
import dev.kindling.kernel.Kernels;
import dev.kindling.matrix.PolarMatrix;
import dev.kindling.random.Stream;

/** Elements of polar factors. The last matrix is kept, since it is computed as a whole. */
final class PolarRows {
  private final long seed;
  private final Kernels kernels;
  private MatrixPart part;
  private double[][] matrix;

  PolarRows(long seed, Kernels kernels) {
    this.seed = seed;
    this.kernels = kernels;
  }

  /** Writes elements of a tensor from a flat index on, all of them in the block. */
  void fill(RecipeEntry entry, Block block, long start, Affine affine, Target target) {
    long columns = entry.columns();
    for (int i = 0; i < target.length(); i++) {
      long row = (start + i) / columns;
      int column = (int) ((start + i) % columns);
      if (i == 0 || !part.holds(row)) {
        hold(MatrixPart.of(entry, block, start + i));
      }
      double element = matrix[(int) (row - part.firstRow())][column - part.firstColumn()];
      target.put(i, affine.factor() * element + affine.summand());
    }
  }

  private void hold(MatrixPart wanted) {
    if (!wanted.equals(part)) {
      matrix = null;
      matrix =
          PolarMatrix.compute(
              kernels,
              Stream.of(seed, wanted.tensor(), Stream.Purpose.ELEMENTS),
              wanted.firstDraw(),
              wanted.rows(),
              wanted.columns());
      part = wanted;
    }
  }
}
