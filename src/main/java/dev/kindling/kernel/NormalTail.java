package dev.kindling.kernel;

/** Probabilities of the standard normal's upper tail in float64, the same bits everywhere. */
final class NormalTail {
  /** Where the series about 0 gives way to the continued fraction. */
  private static final double SEAM = 3;

  private static final double ROOT_2_PI = 2.5066282746310002;
  private static final int FRACTION_TERMS = 100;

  private NormalTail() {}

  /**
   * Returns {@code P(Z > z)}, with a relative error below 1e-12.
   *
   * <p><b>Source.</b> Abramowitz and Stegun 1964, Handbook of Mathematical Functions, 26.2.11 and
   * 26.2.14.
   *
   * @param z not negative; infinity gives 0
   */
  static double above(double z) {
    if (z == Double.POSITIVE_INFINITY) {
      return 0;
    }
    double density = StrictMath.exp(-z * z / 2) / ROOT_2_PI;
    return z < SEAM ? 0.5 - density * series(z) : density / fraction(z);
  }

  private static double series(double z) {
    double term = z;
    double sum = z;
    for (int n = 3; term > sum * 0x1p-60; n += 2) {
      term = term * z * z / n;
      sum += term;
    }
    return sum;
  }

  private static double fraction(double z) {
    double value = z;
    for (int n = FRACTION_TERMS; n > 0; n--) {
      value = z + n / value;
    }
    return value;
  }
}
