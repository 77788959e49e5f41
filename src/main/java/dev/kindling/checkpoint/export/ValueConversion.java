package dev.kindling.checkpoint.export;

import dev.kindling.checkpoint.TensorSource;
import dev.kindling.model.ElementType;
import dev.kindling.model.NarrowFloats;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Turns little-endian values of one element type into those of another, for one thread. */
final class ValueConversion {
  private final ElementType from;
  private final ElementType to;
  private byte[] converted = new byte[0];

  ValueConversion(ElementType from, ElementType to) {
    this.from = from;
    this.to = to;
  }

  /** Returns the values in the other type, valid until the next call; rounded to nearest even. */
  ByteBuffer convert(ByteBuffer values) {
    if (from == to) {
      return values;
    }
    int count = values.remaining() / from.bytes();
    if (converted.length < count * to.bytes()) {
      converted = Arrays.copyOf(converted, count * to.bytes());
    }
    ByteBuffer target = ByteBuffer.wrap(converted).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      put(target, TensorSource.number(from, values, values.position() + i * from.bytes()));
    }
    return target.flip();
  }

  private void put(ByteBuffer target, double value) {
    switch (to) {
      case F64 -> target.putDouble(value);
      case F32 -> target.putFloat((float) value);
      case F16 -> target.putShort(NarrowFloats.toF16(toOdd(value)));
      case BF16 -> target.putShort(NarrowFloats.toBf16(toOdd(value)));
      case I64, I32, I16, I8, U8, BOOL ->
          throw new IllegalArgumentException(to.label() + " is no floating-point type");
    }
  }

  /**
   * Returns a float32 that rounds to 16 bits as the float64 does: exact values stay, others go to
   * the neighbour with an odd last bit (S. Boldo, G. Melquiond, "Emulation of FMA and correctly
   * rounded sums: proved algorithms using rounding to odd", 2008).
   */
  private static float toOdd(double value) {
    float nearest = (float) value;
    if (nearest == value || Double.isNaN(value) || Float.isInfinite(nearest)) {
      return nearest;
    }
    float toZero = Math.abs(nearest) > Math.abs(value) ? towardsZero(nearest) : nearest;
    return Float.intBitsToFloat(Float.floatToRawIntBits(toZero) | 1);
  }

  private static float towardsZero(float value) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(value) - 1);
  }
}
