package dev.kindling.kernel;

/**
 * The inverse CDF of the standard normal at a random word, in float32, with IEEE-exact operations
 * only.
 *
 * <p>The word is read as a sign and 31 bits t, the distance from the median: {@code |z| =
 * quantile(1/2 + (t + 1/2) / 2^32)}. In the tails the distance from 1 is formed from the word's
 * bits and not by subtraction, so the largest |z| is 6.34 at a probability of 2^-33, and z is
 * antisymmetric in the word's complement.
 *
 * <p>Source: Wichura 1988, Algorithm AS 241, The percentage points of the normal distribution,
 * Applied Statistics 37, routine PPND7 (relative error about 1e-7), <a
 * href="https://doi.org/10.2307/2347330">doi:10.2307/2347330</a>. Its logarithm is the series of
 * {@link #negativeLog}, since the platform's may differ in the last bit.
 */
final class NormalQuantile {
  /** Distance from the median, as t, up to which the central approximation holds: 0.425 2^32. */
  private static final int CENTRAL_LIMIT = 1_825_361_100;

  private static final float STEP = 0x1p-32f;
  private static final float CENTRE_SQUARED = 0.180625f;
  private static final float TAIL_CENTRE = 1.6f;

  private static final float SQRT_HALF = 0.70710678f;
  private static final float LOG_2 = 0.69314718f;

  private NormalQuantile() {}

  /** Returns the quantile at a uniform random word. */
  static float ofWord(int word) {
    int distance = word ^ (word >> 31);
    float magnitude =
        distance <= CENTRAL_LIMIT ? central(distance) : tail(Integer.MAX_VALUE - distance);
    return word < 0 ? -magnitude : magnitude;
  }

  private static float central(int distance) {
    float q = (distance + 0.5f) * STEP;
    float r = Math.fma(-q, q, CENTRE_SQUARED);
    float numerator = 59.109374720f;
    numerator = Math.fma(numerator, r, 159.29113202f);
    numerator = Math.fma(numerator, r, 50.434271938f);
    numerator = Math.fma(numerator, r, 3.3871327179f);
    float denominator = 67.187563600f;
    denominator = Math.fma(denominator, r, 78.757757664f);
    denominator = Math.fma(denominator, r, 17.895169469f);
    denominator = Math.fma(denominator, r, 1f);
    return q * numerator / denominator;
  }

  private static float tail(int distanceFromOne) {
    float p = (distanceFromOne + 0.5f) * STEP;
    float r = (float) Math.sqrt(negativeLog(p)) - TAIL_CENTRE;
    float numerator = 0.17023821103f;
    numerator = Math.fma(numerator, r, 1.3067284816f);
    numerator = Math.fma(numerator, r, 2.7568153900f);
    numerator = Math.fma(numerator, r, 1.4234372777f);
    float denominator = 0.12021132975f;
    denominator = Math.fma(denominator, r, 0.73700164250f);
    denominator = Math.fma(denominator, r, 1f);
    return numerator / denominator;
  }

  /**
   * Returns {@code -log(p)} for a normal positive p, within about 1e-7 relatively: with {@code p =
   * m 2^e} and m in [sqrt(1/2), sqrt(2)), {@code log m = 2 artanh((m - 1) / (m + 1))}, whose series
   * is cut where a term falls below float32.
   */
  private static float negativeLog(float p) {
    int bits = Float.floatToRawIntBits(p) - Float.floatToRawIntBits(SQRT_HALF);
    int exponent = bits >> 23;
    float m = Float.intBitsToFloat((bits & 0x7FFFFF) + Float.floatToRawIntBits(SQRT_HALF));
    float s = (m - 1) / (m + 1);
    float square = s * s;
    float series = 2f / 9;
    series = Math.fma(series, square, 2f / 7);
    series = Math.fma(series, square, 2f / 5);
    series = Math.fma(series, square, 2f / 3);
    series = Math.fma(series * square, s, 2 * s);
    return -Math.fma(exponent, LOG_2, series);
  }
}
