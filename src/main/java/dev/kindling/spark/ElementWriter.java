package dev.kindling.spark;

import dev.kindling.model.ElementType;
import java.nio.ByteBuffer;

/** Writes numbers of a dataset as elements of a graph input. */
final class ElementWriter {
  private ElementWriter() {}

  /**
   * Writes a number, rounded once.
   *
   * @throws IllegalArgumentException if it is not finite, or no whole number that the type holds
   */
  static void write(double value, Object found, ElementType type, ByteBuffer target) {
    switch (type) {
      case F32 -> target.putFloat((float) finite((float) value, found));
      case F64 -> target.putDouble(finite(value, found));
      case I64 -> target.putLong(whole(value, found, 0x1p63));
      case I32 -> target.putInt((int) whole(value, found, 0x1p31));
      case BOOL -> target.put((byte) (finite(value, found) == 0 ? 0 : 1));
      case F16, BF16, I16, I8, U8 ->
          throw new IllegalArgumentException("inputs of type " + type.label() + " cannot be fed");
    }
  }

  /** Returns whether graph inputs of a type can be fed. */
  static boolean takes(ElementType type) {
    return switch (type) {
      case F32, F64, I64, I32, BOOL -> true;
      case F16, BF16, I16, I8, U8 -> false;
    };
  }

  private static double finite(double value, Object found) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("expected a finite number, found %s".formatted(found));
    }
    return value;
  }

  private static long whole(double value, Object found, double limit) {
    if (value != Math.rint(value) || value < -limit || value >= limit) {
      throw new IllegalArgumentException(
          "expected a whole number, found %s (%s after scaling)".formatted(found, value));
    }
    return (long) value;
  }
}
