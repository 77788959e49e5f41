package dev.kindling.checkpoint;

import dev.kindling.kernel.Kernels;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.TensorValues;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Values of float32. */
final class FloatPiece extends ElementPiece {
  private final float[] numbers = new float[SIZE];

  @Override
  void fillNumbers(TensorValues values, RecipeEntry entry, long start) {
    values.fill(entry, start, numbers, 0, count());
  }

  @Override
  void decodeNumbers(byte[] source, int offset) {
    ByteBuffer.wrap(source, offset, count() * Float.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(numbers, 0, count());
  }

  @Override
  void encode(byte[] target, int offset) {
    ByteBuffer.wrap(target, offset, count() * Float.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .put(numbers, 0, count());
  }

  @Override
  ValueStatistics statistics(Kernels kernels) {
    return ValueStatistics.of(count(), numbers[0], kernels.sums(numbers, 0, count(), numbers[0]));
  }

  @Override
  String text(int index) {
    return "%s = 0x%s".formatted(numbers[index], Crc.hex(Float.floatToRawIntBits(numbers[index])));
  }
}
