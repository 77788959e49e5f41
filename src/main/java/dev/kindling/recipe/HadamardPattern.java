package dev.kindling.recipe;

import dev.kindling.kernel.Affine;
import dev.kindling.model.Layout;

/**
 * ZerO's matrix of m outputs and n inputs at the centre tap: ones on the diagonal where m is not
 * above n, otherwise {@code 2^(-c/2)} with the sign of Sylvester's Hadamard matrix, which is -1 to
 * the number of ones that output and input have in common in binary, c = ceil(log2 m).
 */
final class HadamardPattern {
  private final long columns;
  private final Block block;
  private final boolean outputsFirst;
  private final long height;
  private final long taps;
  private final long centre;
  private final long outputs;
  private final long inputs;
  private final double size;

  HadamardPattern(RecipeEntry entry, Block block) {
    this.columns = entry.columns();
    this.block = block;
    this.outputsFirst = entry.layout() == Layout.OUT_IN;
    boolean wholeRows = block.axis() == Block.Axis.ROWS;
    long length = block.to() - block.from();
    this.height = wholeRows ? length / block.parts() : entry.rows();
    this.taps = entry.matrix().elementsFrom(2);
    this.centre = DeltaPattern.centre(entry.matrix());
    long width = (wholeRows ? columns : length) / taps;
    this.outputs = outputsFirst ? height : width;
    this.inputs = outputsFirst ? width : height;
    this.size = 1 / Math.sqrt((double) power(outputs));
  }

  /** Returns the least power of two that is not below a number. */
  private static long power(long number) {
    long below = Math.max(1, Long.highestOneBit(number));
    return below >= number ? below : 2 * below;
  }

  /** Writes elements of the tensor from a flat index on, all of them in the block. */
  void fill(long start, Affine affine, Target target) {
    boolean wholeRows = block.axis() == Block.Axis.ROWS;
    long row = start / columns;
    long column = start % columns;
    for (int i = 0; i < target.length(); i++) {
      long first = wholeRows ? (row - block.from()) % height : row;
      long inBlock = wholeRows ? column : column - block.from();
      double value = inBlock % taps == centre ? element(first, inBlock / taps) : 0;
      target.put(i, affine.factor() * value + affine.summand());
      column++;
      if (column == columns) {
        column = 0;
        row++;
      }
    }
  }

  private double element(long first, long second) {
    long output = outputsFirst ? first : second;
    long input = outputsFirst ? second : first;
    if (outputs <= inputs) {
      return output == input ? 1 : 0;
    }
    return Long.bitCount(output & input) % 2 == 0 ? size : -size;
  }
}
