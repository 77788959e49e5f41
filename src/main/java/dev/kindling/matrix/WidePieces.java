package dev.kindling.matrix;

import dev.kindling.matrix.FactorPiece.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Blocks of rows of a matrix that has no more rows than columns, read from a store where they are
 * asked for again and again.
 */
record WidePieces<A>(Draws<A> draws, PieceStore store) {
  /**
   * Multiply-adds from which on a matrix is worth keeping: a quarter of a second, several times
   * what writing and reading it takes.
   */
  private static final double WORTH_KEEPING = 1L << 33;

  /** Largest number of elements of a block, 64 MiB of float32. */
  private static final long MOST_ELEMENTS = 1 << 24;

  private static final int MOST_ROWS = 512;

  /** Returns whether a matrix takes so long that its rows had better be kept. */
  static boolean areWorthKeeping(int rows, int columns) {
    double square = (double) rows * rows;
    return square * columns - square * rows / 3 >= WORTH_KEEPING;
  }

  /**
   * Returns the rows of a block: few large ones cost less, for each draws all reflections again.
   */
  static int height(int columns) {
    return (int) Math.max(1, Math.min(MOST_ROWS, MOST_ELEMENTS / columns));
  }

  static List<FactorPiece> all(int rows, int columns) {
    int height = height(columns);
    return IntStream.range(0, (rows + height - 1) / height)
        .mapToObj(block -> new FactorPiece(Kind.ROWS, block, 0, 0))
        .toList();
  }

  /** Makes a block stand in the store, unless it does. */
  void make(FactorPiece piece) {
    int from = piece.left() * height(draws.columns());
    int to = Math.min(draws.rows(), from + height(draws.columns()));
    A rows = draws.precision().allocate(Math.multiplyExact(to - from, draws.columns()));
    if (!load(from, to, rows)) {
      WideRows.compute(draws, from, to, rows, 0);
      ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(bytes(from, to)));
      draws.precision().write(rows, buffer.order(ByteOrder.LITTLE_ENDIAN));
      store.save(name(from), buffer.flip());
    }
  }

  /** Fills {@code rows} with a block if the store has it whole, and returns whether. */
  boolean load(int from, int to, A rows) {
    int height = height(draws.columns());
    if (from % height != 0 || to != Math.min(draws.rows(), from + height)) {
      return false;
    }
    ByteBuffer bytes = store.load(name(from)).orElse(null);
    if (bytes == null || bytes.remaining() != bytes(from, to)) {
      return false;
    }
    draws.precision().read(bytes.order(ByteOrder.LITTLE_ENDIAN), rows);
    return true;
  }

  private long bytes(int from, int to) {
    return (long) (to - from) * draws.columns() * draws.precision().bytes();
  }

  private String name(int from) {
    FactorPiece piece = new FactorPiece(Kind.ROWS, from / height(draws.columns()), 0, 0);
    return draws.name() + "-" + piece.name();
  }
}
