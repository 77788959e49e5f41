package dev.kindling.recipe;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Gives the values of a recipe's float tensors by flat index; any range alone, with the same bits
 * every time.
 */
public interface TensorValues {
  /**
   * Writes the float32 values of a range of a tensor.
   *
   * @param entry a float tensor of the recipe
   * @param start flat index of the first value
   * @param target receives them
   * @param offset where the first goes
   * @param length number of values
   */
  void fill(RecipeEntry entry, long start, float[] target, int offset, int length);

  /**
   * Writes the float64 values of a range of a tensor. A source that has float32 values only gives
   * those.
   *
   * @param entry a float tensor of the recipe
   * @param start flat index of the first value
   * @param target receives them
   * @param offset where the first goes
   * @param length number of values
   */
  default void fill(RecipeEntry entry, long start, double[] target, int offset, int length) {
    float[] values = new float[length];
    fill(entry, start, values, 0, length);
    for (int i = 0; i < length; i++) {
      target[offset + i] = values[i];
    }
  }

  /**
   * Writes the little-endian bytes of float32 values of a range of a tensor, from the buffer's
   * position up to its limit, which becomes its position.
   *
   * @param entry a float tensor of the recipe
   * @param start flat index of the first value
   * @param target receives the bytes; its length is a multiple of four
   */
  default void fill(RecipeEntry entry, long start, ByteBuffer target) {
    float[] values = new float[target.remaining() / Float.BYTES];
    fill(entry, start, values, 0, values.length);
    target.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    target.position(target.limit());
  }
}
