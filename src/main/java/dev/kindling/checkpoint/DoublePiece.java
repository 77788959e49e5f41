package dev.kindling.checkpoint;

import dev.kindling.kernel.Kernels;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.TensorValues;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/** Values of float64. */
final class DoublePiece extends ElementPiece {
  private final double[] numbers = new double[SIZE];

  @Override
  void fillNumbers(TensorValues values, RecipeEntry entry, long start) {
    values.fill(entry, start, numbers, 0, count());
  }

  @Override
  void decodeNumbers(byte[] source, int offset) {
    ByteBuffer.wrap(source, offset, count() * Double.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asDoubleBuffer()
        .get(numbers, 0, count());
  }

  @Override
  void encode(byte[] target, int offset) {
    ByteBuffer.wrap(target, offset, count() * Double.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asDoubleBuffer()
        .put(numbers, 0, count());
  }

  @Override
  ValueStatistics statistics(Kernels kernels) {
    return ValueStatistics.of(count(), numbers[0], kernels.sums(numbers, 0, count(), numbers[0]));
  }

  @Override
  String text(int index) {
    long bits = Double.doubleToRawLongBits(numbers[index]);
    return "%s = 0x%s".formatted(numbers[index], HexFormat.of().toHexDigits(bits));
  }
}
