package dev.kindling.checkpoint;

import dev.kindling.model.ElementType;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.TensorValues;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * Compares the values of a shard with those that the recipe gives, bit for bit, and keeps the first
 * difference.
 */
final class ValueComparison implements ValueSink {
  private final ElementPiece piece;
  private final byte[] expected;
  private final int width;
  private final Map<String, RecipeEntry> entries;
  private final TensorValues values;
  private Optional<String> difference = Optional.empty();

  ValueComparison(ElementType dtype, Map<String, RecipeEntry> entries, TensorValues values) {
    this.piece = ElementPiece.of(dtype);
    this.width = dtype.bytes();
    this.expected = new byte[ElementPiece.SIZE * width];
    this.entries = entries;
    this.values = values;
  }

  /** Returns the first difference in words. */
  Optional<String> difference() {
    return difference;
  }

  @Override
  public void page(
      ShardIdentity.StoredRange range, long start, byte[] found, int offset, int count) {
    RecipeEntry entry = entries.get(range.range().tensor());
    if (difference.isPresent()) {
      return;
    }
    if (entry == null || start + count > entry.shape().elementCount()) {
      difference =
          Optional.of(
              "tensor '%s' has no flat index %d in the recipe"
                  .formatted(range.range().tensor(), start + count - 1));
      return;
    }
    for (int done = 0; done < count && difference.isEmpty(); done += ElementPiece.SIZE) {
      int length = Math.min(ElementPiece.SIZE, count - done);
      compare(entry, start + done, found, offset + done * width, length);
    }
  }

  private void compare(RecipeEntry entry, long start, byte[] found, int offset, int length) {
    piece.fill(values, entry, start, length);
    piece.encode(expected, 0);
    int bytes = length * width;
    int place = Arrays.mismatch(expected, 0, bytes, found, offset, offset + bytes);
    if (place >= 0) {
      int index = place / width;
      String wanted = piece.text(index);
      piece.decode(found, offset, length);
      difference =
          Optional.of(
              "tensor '%s' differs from its recipe first at flat index %d (expected %s, found %s)"
                  .formatted(entry.tensor(), start + index, wanted, piece.text(index)));
    }
  }
}
