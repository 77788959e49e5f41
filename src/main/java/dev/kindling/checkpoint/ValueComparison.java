package dev.kindling.checkpoint;

import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.TensorValues;
import java.util.Map;
import java.util.Optional;

/**
 * Compares the values of a shard with those that the recipe gives, bit for bit, and keeps the first
 * difference.
 */
final class ValueComparison implements ValueSink {
  private final Map<String, RecipeEntry> entries;
  private final TensorValues values;
  private float[] expected = new float[0];
  private Optional<String> difference = Optional.empty();

  ValueComparison(Map<String, RecipeEntry> entries, TensorValues values) {
    this.entries = entries;
    this.values = values;
  }

  /** Returns the first difference in words. */
  Optional<String> difference() {
    return difference;
  }

  @Override
  public void page(ShardIdentity.StoredRange range, long start, float[] found, int count) {
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
    if (expected.length < count) {
      expected = new float[count];
    }
    values.fill(entry, start, expected, 0, count);
    int i = mismatch(found, count);
    if (i < count) {
      difference =
          Optional.of(
              "tensor '%s' differs from its recipe first at flat index %d (expected %s, found %s)"
                  .formatted(entry.tensor(), start + i, text(expected[i]), text(found[i])));
    }
  }

  private int mismatch(float[] found, int count) {
    for (int i = 0; i < count; i++) {
      if (Float.floatToRawIntBits(expected[i]) != Float.floatToRawIntBits(found[i])) {
        return i;
      }
    }
    return count;
  }

  private static String text(float value) {
    return "%s = 0x%s".formatted(value, Crc.hex(Float.floatToRawIntBits(value)));
  }
}
