package dev.kindling.model;

/**
 * The 16-bit floating-point formats, float16 (IEEE 754 binary16) and bfloat16 (the upper half of a
 * float32), as the JDK has them from version 20 on only.
 *
 * <p><b>Exactness.</b> Narrowing rounds once, to nearest, ties to even, subnormals included; what
 * is too large becomes infinite, NaN stays NaN and quiet. Widening is exact.
 */
public final class NarrowFloats {
  /** Smallest float32 whose float16 is infinite, 65,520. */
  private static final int F16_OVERFLOW = 0x477FF000;

  /** Smallest float32 whose float16 is normal, 2^-14. */
  private static final int F16_NORMAL = 0x38800000;

  private static final int INFINITY = 0x7F800000;

  private NarrowFloats() {}

  /** Returns the bits of the nearest float16. */
  public static short toF16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7FFFFFFF;
    if (magnitude >= F16_OVERFLOW) {
      return (short) (sign | (magnitude > INFINITY ? 0x7E00 | (magnitude >>> 13 & 0x3FF) : 0x7C00));
    }
    if (magnitude < F16_NORMAL) {
      // One step of a subnormal float16 is one of a float32 between 1/2 and 1: adding rounds.
      float sum = Float.intBitsToFloat(magnitude) + 0.5f;
      return (short) (sign | (Float.floatToRawIntBits(sum) - Float.floatToRawIntBits(0.5f)));
    }
    int rounded = magnitude + 0xFFF + (magnitude >>> 13 & 1);
    return (short) (sign | (rounded - (112 << 23)) >>> 13);
  }

  /** Returns the value of a float16. */
  public static float ofF16(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = bits >> 10 & 0x1F;
    int fraction = bits & 0x3FF;
    int magnitude =
        switch (exponent) {
          case 0 -> Float.floatToRawIntBits(fraction * 0x1p-24f);
          case 0x1F -> INFINITY | fraction << 13;
          default -> (exponent + 112) << 23 | fraction << 13;
        };
    return Float.intBitsToFloat(sign | magnitude);
  }

  /** Returns the bits of the nearest bfloat16. */
  public static short toBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7FFFFFFF) > INFINITY) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) ((bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16);
  }

  /** Returns the value of a bfloat16. */
  public static float ofBf16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}
