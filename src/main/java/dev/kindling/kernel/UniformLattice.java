package dev.kindling.kernel;

/** Uniform draws: odd numbers over a power of two, so that neither 0 nor an end is met. */
public final class UniformLattice {
  /** Half the distance between two neighbours in float32. */
  public static final float STEP = 0x1p-24f;

  /** Half the distance between two neighbours in float64. */
  public static final double STEP_64 = 0x1p-53;

  private UniformLattice() {}

  /** Returns {@code (2 k + 1) 2^-24}, which is exact, with k the upper 24 bits, signed. */
  public static float ofWord(int word) {
    return ((word >> 7) | 1) * STEP;
  }

  /** Returns {@code (2 k + 1) 2^-53}, which is exact, with k the upper 53 bits, signed. */
  public static double ofWord(long word) {
    return ((word >> 10) | 1) * STEP_64;
  }
}
