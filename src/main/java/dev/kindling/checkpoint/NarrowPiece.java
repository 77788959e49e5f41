package dev.kindling.checkpoint;

import dev.kindling.kernel.Kernels;
import dev.kindling.model.ElementType;
import dev.kindling.model.NarrowFloats;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.TensorValues;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/** Values of float16 or bfloat16, rounded from float32. */
final class NarrowPiece extends ElementPiece {
  private final ElementType type;
  private final float[] numbers = new float[SIZE];
  private final short[] codes = new short[SIZE];

  NarrowPiece(ElementType type) {
    this.type = type;
  }

  @Override
  void fillNumbers(TensorValues values, RecipeEntry entry, long start) {
    values.fill(entry, start, numbers, 0, count());
    if (type == ElementType.F16) {
      for (int i = 0; i < count(); i++) {
        codes[i] = NarrowFloats.toF16(numbers[i]);
      }
    } else {
      for (int i = 0; i < count(); i++) {
        codes[i] = NarrowFloats.toBf16(numbers[i]);
      }
    }
    widen();
  }

  @Override
  void decodeNumbers(byte[] source, int offset) {
    ByteBuffer.wrap(source, offset, count() * Short.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asShortBuffer()
        .get(codes, 0, count());
    widen();
  }

  private void widen() {
    for (int i = 0; i < count(); i++) {
      numbers[i] = widened(type, codes[i]);
    }
  }

  /** Returns the value of 16 bits. */
  static float widened(ElementType type, short code) {
    return type == ElementType.F16 ? NarrowFloats.ofF16(code) : NarrowFloats.ofBf16(code);
  }

  @Override
  void encode(byte[] target, int offset) {
    ByteBuffer.wrap(target, offset, count() * Short.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asShortBuffer()
        .put(codes, 0, count());
  }

  @Override
  ValueStatistics statistics(Kernels kernels) {
    return ValueStatistics.of(count(), numbers[0], kernels.sums(numbers, 0, count(), numbers[0]));
  }

  @Override
  String text(int index) {
    return "%s = 0x%s".formatted(numbers[index], HexFormat.of().toHexDigits(codes[index]));
  }
}
