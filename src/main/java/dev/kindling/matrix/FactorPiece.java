package dev.kindling.matrix;

import java.io.Serializable;

/**
 * A piece of the factor of a matrix with more rows than columns, small enough for a task.
 *
 * @param kind which
 * @param left block of columns of G, or of S
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
    FACTOR("blocks of triangular factors");

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
    };
  }
}
