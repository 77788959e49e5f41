package dev.kindling.checkpoint;

import dev.kindling.kernel.Kernels;
import dev.kindling.model.ElementType;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.TensorValues;

/**
 * Some values on their way between numbers and little-endian bytes of an element type: so few that
 * they stay in the cache while they are drawn, rounded, counted and checked.
 */
abstract sealed class ElementPiece permits FloatPiece, DoublePiece, NarrowPiece {
  /** The most values in a piece. */
  static final int SIZE = 8192;

  private int count;

  /** Returns an empty piece. */
  static ElementPiece of(ElementType type) {
    return switch (type) {
      case F32 -> new FloatPiece();
      case F64 -> new DoublePiece();
      case F16, BF16 -> new NarrowPiece(type);
      case I64, I32, I16, I8, U8, BOOL ->
          throw new IllegalArgumentException(type.label() + " is no floating-point type");
    };
  }

  /** Returns how many values the piece holds. */
  final int count() {
    return count;
  }

  /** Takes values of a recipe, rounded to the element type. */
  final void fill(TensorValues values, RecipeEntry entry, long start, int length) {
    count = length;
    fillNumbers(values, entry, start);
  }

  /** Takes values from their bytes. */
  final void decode(byte[] source, int offset, int length) {
    count = length;
    decodeNumbers(source, offset);
  }

  abstract void fillNumbers(TensorValues values, RecipeEntry entry, long start);

  abstract void decodeNumbers(byte[] source, int offset);

  /** Writes the values as bytes. */
  abstract void encode(byte[] target, int offset);

  /** Returns the statistics of the values, of which there is one at least. */
  abstract ValueStatistics statistics(Kernels kernels);

  /** Returns a value for people: the number and its bits. */
  abstract String text(int index);
}
