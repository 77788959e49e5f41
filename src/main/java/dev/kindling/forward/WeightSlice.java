package dev.kindling.forward;

import dev.kindling.model.Shape;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.TensorValues;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A range of a float32 weight's output channels.
 *
 * @param entry the weight
 * @param axis axis that counts them, 0 or 1
 * @param from first channel
 * @param to one past the last
 */
record WeightSlice(RecipeEntry entry, int axis, int from, int to) {
  Shape shape() {
    List<Long> dims = new ArrayList<>(entry.shape().dims());
    dims.set(axis, (long) to - from);
    return new Shape(dims);
  }

  /** Fills a buffer of {@code shape().elementCount()} values. */
  void fill(TensorValues values, ByteBuffer target) {
    long inner = entry.shape().elementsFrom(axis + 1);
    long outer = axis == 0 ? 1 : entry.shape().dim(0);
    int run = Math.toIntExact((to - from) * inner * Float.BYTES);
    long stride = entry.shape().dim(axis) * inner;
    for (long o = 0; o < outer; o++) {
      target.limit(target.position() + run);
      values.fill(entry, o * stride + from * inner, target);
    }
  }
}
