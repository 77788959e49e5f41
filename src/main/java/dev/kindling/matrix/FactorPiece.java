package dev.kindling.matrix;

import java.io.Serializable;

/**
 * A piece, small enough for a task, of what takes long to compute of a matrix: of the factor if it
 * has more rows than columns, otherwise of itself.
 *
 * @param kind which
 * @param left block of columns of G, or of S; block of rows
 * @param right block of columns of G
 * @param tile tile of rows
 */
public record FactorPiece(Kind kind, int left, int right, int tile) implements Serializable {
  /** Kinds of pieces; one needs those of the kinds before its own. */
  public enum Kind {
    /** Sums over a tile of rows. */
    TILE("sums over tiles of rows"),
    /** Sums over all tiles, in their order. */
    GRAM("sums of products of columns"),
    /** The diagonal of U. */
    HEADS("diagonals"),
    /** A block of columns of S. */
    FACTOR("blocks of triangular factors"),
    /** A block of rows of a matrix with no more rows than columns. */
    ROWS("blocks of rows");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /** Returns what such pieces are, in words. */
    public String label() {
      return label;
    }
  }

  /** Returns the name under which a {@link PieceStore} keeps it. */
  String name() {
    return switch (kind) {
      case TILE -> "tile-%d-%d-%d".formatted(left, right, tile);
      case GRAM -> "gram-%d-%d".formatted(left, right);
      case HEADS -> "heads";
      case FACTOR -> "factor-%d".formatted(left);
      case ROWS -> "rows-%d".formatted(left);
    };
  }
}
