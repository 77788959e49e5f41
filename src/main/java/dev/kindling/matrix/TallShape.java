package dev.kindling.matrix;

/**
 * How the work on a matrix with more rows than columns is cut; the shape alone decides, and the cut
 * decides the last bits.
 *
 * @param rows rows of the matrix
 * @param columns its columns
 */
record TallShape(int rows, int columns) {
  /** Columns of a block of G. */
  static final int GRAM_COLUMNS = 2048;

  /** Columns of a block of S. */
  static final int FACTOR_COLUMNS = 512;

  /**
   * Multiply-adds from which on a factor is worth keeping: a tenth of a second, some ten times what
   * writing and reading its pieces takes.
   */
  private static final double WORTH_KEEPING = 1 << 30;

  private static final int LEAST_TILE_ROWS = 2 * Gram.CHAIN;
  private static final int MOST_TILES = 64;

  /**
   * Returns whether the factor takes so long that it had better be kept than computed by everybody
   * who needs rows. It decides no bit.
   */
  boolean isWorthKeeping() {
    double square = (double) columns * columns;
    return square * rows / 2 + square * columns / 6 >= WORTH_KEEPING;
  }

  /** Returns the rows of a tile: whole chains, and few enough tiles that their sums stay small. */
  int tileRows() {
    return Math.toIntExact(
        LEAST_TILE_ROWS * Math.max(1, ceil(rows, (long) LEAST_TILE_ROWS * MOST_TILES)));
  }

  int tiles() {
    return Math.toIntExact(ceil(rows, tileRows()));
  }

  /** Returns the number of blocks of columns of G. */
  int gramBlocks() {
    return Math.toIntExact(ceil(columns, GRAM_COLUMNS));
  }

  /** Returns the first column of a block of G, or the end for the one after the last. */
  int gramStart(int block) {
    return (int) Math.min(columns, (long) block * GRAM_COLUMNS);
  }

  int gramWidth(int block) {
    return gramStart(block + 1) - gramStart(block);
  }

  /** Returns the number of blocks of columns of S. */
  int factorBlocks() {
    return Math.toIntExact(ceil(columns, FACTOR_COLUMNS));
  }

  /** Returns the first column of a block of S, or the end for the one after the last. */
  int factorStart(int block) {
    return (int) Math.min(columns, (long) block * FACTOR_COLUMNS);
  }

  int factorWidth(int block) {
    return factorStart(block + 1) - factorStart(block);
  }

  private static long ceil(long number, long divisor) {
    return (number + divisor - 1) / divisor;
  }
}
