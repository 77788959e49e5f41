package dev.kindling.checkpoint.estimate;

import dev.kindling.recipe.Block;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Source;
import dev.kindling.scheme.Draw;

/**
 * Processor time of drawing rows of a tensor's matrix.
 *
 * @param entry the tensor
 */
record DrawCost(RecipeEntry entry) {
  /** Returns the seconds that rows from one to another take beside what all rows share. */
  double rows(double from, double to) {
    if (!(entry.source() instanceof Source.Drawn drawn)) {
      return 0;
    }
    double seconds = 0;
    for (Block block : drawn.blocks()) {
      seconds += rows(block, from, to);
    }
    return seconds;
  }

  /**
   * Returns the seconds of what all rows of tall matrices share, which any number of cores divides.
   */
  double shared() {
    if (!(entry.source() instanceof Source.Drawn drawn)) {
      return 0;
    }
    double seconds = 0;
    for (Block block : drawn.blocks()) {
      Size size = size(block);
      if (isHaar(draw(block)) && size.rows > size.columns) {
        seconds += block.parts() * size.tallSharedOperations() * Costs.OPERATION;
      }
    }
    return seconds;
  }

  private double rows(Block block, double from, double to) {
    boolean isRows = block.axis() == Block.Axis.ROWS;
    double blockFrom = isRows ? (double) block.from() : 0;
    double first = isRows ? Math.max(from, blockFrom) - blockFrom : from;
    double end = isRows ? Math.min(to, (double) block.to()) - blockFrom : to;
    if (end <= first) {
      return 0;
    }
    Size size = size(block);
    Draw draw = draw(block);
    if (isHaar(draw)) {
      return (size.operationsTo(end, block.parts()) - size.operationsTo(first, block.parts()))
          * Costs.OPERATION;
    }
    return (end - first) * size.columns * value(draw);
  }

  private Size size(Block block) {
    double length = block.to() - block.from();
    Draw draw = draw(block);
    if (draw instanceof Draw.Centred) {
      // Only the middle of a kernel is drawn.
      return new Size(length / block.parts(), entry.shape().dim(1));
    }
    double twice = draw instanceof Draw.HaarUnitary ? 2 : 1;
    return block.axis() == Block.Axis.ROWS
        ? new Size(twice * length / block.parts(), twice * entry.columns())
        : new Size(twice * entry.rows(), twice * length);
  }

  /** What a looks-linear matrix mirrors is drawn once for each of its copies. */
  private static Draw draw(Block block) {
    Draw draw = block.scheme().draw(block.fans());
    return draw instanceof Draw.Mirrored mirrored ? mirrored.draw() : draw;
  }

  private static boolean isHaar(Draw draw) {
    return draw.isFactorised();
  }

  private static double value(Draw draw) {
    if (draw instanceof Draw.Gaussian || draw instanceof Draw.Padded) {
      return Costs.NORMAL;
    }
    if (draw instanceof Draw.Truncated) {
      return Costs.TRUNCATED;
    }
    if (draw instanceof Draw.Sparse) {
      return Costs.NORMAL + Costs.WORD;
    }
    return draw instanceof Draw.Fill ? 0 : Costs.UNIFORM;
  }

  /** A matrix; what takes complex numbers is one of twice the rows and columns. */
  private record Size(double rows, double columns) {
    /**
     * Returns the operations of all rows below one, in parts of equal size that follow each other.
     */
    double operationsTo(double row, int parts) {
      double whole = Math.min(parts - 1, Math.floor(row / rows));
      return whole * partTo(rows) + partTo(Math.min(rows, row - whole * rows));
    }

    /** Rows <= columns: row j takes reflections 0 to j, so that k rows take 2 k^2 n - 2/3 k^3. */
    private double partTo(double row) {
      return rows <= columns
          ? 2 * row * row * columns - 2.0 / 3 * row * row * row
          : row * columns * columns;
    }

    /** Half of U^T U, and the triangular solution. */
    double tallSharedOperations() {
      return rows * columns * columns + 2.0 / 3 * columns * columns * columns;
    }
  }
}
