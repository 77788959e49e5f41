package dev.kindling.kernel;

/**
 * The inverse CDF of the standard normal at a random word, with IEEE-exact operations only. This is
 * the definition; vector code repeats {@link #central} with the same constants, step by step.
 *
 * <p>The word is read as a sign and 31 bits t, the distance from the median: {@code |z| =
 * quantile(1/2 + (t + 1/2) / 2^32)}. With {@code x = (t + 1/2) / 2^31} and {@code s = 1 - x}, each
 * formed from the word's bits so that neither loses digits, {@code z = x P(-log(s (2 - s)))} with a
 * polynomial P. Below {@link #TAIL}, which one word in 512 is, a ratio of polynomials in {@code
 * sqrt(-log s)} takes over, in float64. The largest |z| is 6.34 at a probability of 2^-33, and z is
 * antisymmetric in the word's complement.
 *
 * <p><b>Exactness.</b> Relative error below 3e-7 everywhere.
 *
 * <p><b>Source.</b> The substitution is from Giles 2010, Approximating the erfinv function, GPU
 * Computing Gems 2, chapter 10. The coefficients are our own: {@code
 * src/test/python/normal_map.py}.
 */
public final class NormalQuantile {
  /** Probability of both tails beyond |z| below which the central polynomial does not hold. */
  public static final float TAIL = 0x1p-9f;

  /** Distance between two words as a probability, in units of half the distribution. */
  public static final float STEP = 0x1p-31f;

  /** Half of {@link #STEP}. */
  public static final float HALF_STEP = 0x1p-32f;

  /** Bits of sqrt(1/2), the least mantissa whose logarithm is taken. */
  public static final int MANTISSA_ORIGIN = 0x3F3504F3;

  /** Sign and exponent of a float. */
  public static final int EXPONENT_MASK = 0xFF800000;

  /** -log(2) 2^-23: what one in the exponent's field is worth. */
  public static final float EXPONENT_FACTOR = -0.6931472f * 0x1p-23f;

  /** Coefficients of {@code -log(1 + v) - 2.5} in powers of v. */
  public static final float LOG_7 = -0.11861254f;

  public static final float LOG_6 = 0.189679f;
  public static final float LOG_5 = -0.20616935f;
  public static final float LOG_4 = 0.24870463f;
  public static final float LOG_3 = -0.3330125f;
  public static final float LOG_2 = 0.5000254f;
  public static final float LOG_1 = -1.0000039f;
  public static final float LOG_0 = -2.5f;

  /** Coefficients of z / x in powers of {@code -log(1 - x^2) - 2.5}. */
  public static final float CENTRAL_9 = -1.0241402e-08f;

  public static final float CENTRAL_8 = 3.384098e-08f;
  public static final float CENTRAL_7 = 6.276432e-07f;
  public static final float CENTRAL_6 = -4.911298e-06f;
  public static final float CENTRAL_5 = -6.8685968e-06f;
  public static final float CENTRAL_4 = 0.00030884935f;
  public static final float CENTRAL_3 = -0.0017719055f;
  public static final float CENTRAL_2 = -0.0059078056f;
  public static final float CENTRAL_1 = 0.34880215f;
  public static final float CENTRAL_0 = 2.1233134f;

  private static final double LOG_OF_2 = 0.6931471805599453;

  /** A float whose last bit is worth 1, so that small integers can be put into its bits. */
  private static final float INTEGER = 0x1.8p23f;

  private static final int INTEGER_BITS = 0x4B400000;

  private NormalQuantile() {}

  /** Returns the quantile at a uniform random word. */
  public static float ofWord(int word) {
    int sign = word >> 31;
    int distance = word ^ sign;
    int fromOne = Integer.MAX_VALUE - distance;
    float x = Math.fma(toFloat(distance), STEP, HALF_STEP);
    float s = Math.fma(toFloat(fromOne), STEP, HALF_STEP);
    float magnitude = s < TAIL ? tail((fromOne + 0.5) * 0x1p-31) : central(x, s);
    return withSign(magnitude, sign);
  }

  /**
   * Returns the positive z whose two tails hold the probability s.
   *
   * @param x {@code 1 - s}
   * @param s at least {@link #TAIL}
   */
  public static float central(float x, float s) {
    return ratio(shiftedLog(s)) * x;
  }

  private static float shiftedLog(float s) {
    float y = s * (2 - s);
    int bits = Float.floatToRawIntBits(y);
    int exponent = (bits - MANTISSA_ORIGIN) & EXPONENT_MASK;
    float v = Float.intBitsToFloat(bits - exponent) - 1;
    float w = LOG_7;
    w = Math.fma(w, v, LOG_6);
    w = Math.fma(w, v, LOG_5);
    w = Math.fma(w, v, LOG_4);
    w = Math.fma(w, v, LOG_3);
    w = Math.fma(w, v, LOG_2);
    w = Math.fma(w, v, LOG_1);
    w = Math.fma(w, v, LOG_0);
    float shifted = Float.intBitsToFloat((exponent >> 23) + INTEGER_BITS) - INTEGER;
    return Math.fma(shifted, EXPONENT_FACTOR * 0x1p23f, w);
  }

  private static float ratio(float w) {
    float z = CENTRAL_9;
    z = Math.fma(z, w, CENTRAL_8);
    z = Math.fma(z, w, CENTRAL_7);
    z = Math.fma(z, w, CENTRAL_6);
    z = Math.fma(z, w, CENTRAL_5);
    z = Math.fma(z, w, CENTRAL_4);
    z = Math.fma(z, w, CENTRAL_3);
    z = Math.fma(z, w, CENTRAL_2);
    z = Math.fma(z, w, CENTRAL_1);
    z = Math.fma(z, w, CENTRAL_0);
    return z;
  }

  /**
   * Returns the positive z whose two tails hold the probability s.
   *
   * @param s from 1e-300 to {@link #TAIL}
   */
  static float tail(double s) {
    double r = Math.sqrt(negativeLog(s));
    double numerator = 0.40988261350140254;
    numerator = Math.fma(numerator, r, 4.498982462605961);
    numerator = Math.fma(numerator, r, 4.210590837194162);
    numerator = Math.fma(numerator, r, -2.745423719791867);
    numerator = Math.fma(numerator, r, 0.9032880686239853);
    double denominator = 0.2898062610584308;
    denominator = Math.fma(denominator, r, 3.184961689200705);
    denominator = Math.fma(denominator, r, 3.5861159108871963);
    denominator = Math.fma(denominator, r, 1);
    return (float) (numerator / denominator);
  }

  /** Returns {@code -log(s)} for a normal positive s, within 2e-7. */
  private static double negativeLog(double s) {
    long origin = Double.doubleToRawLongBits(0.7071067811865476);
    long bits = Double.doubleToRawLongBits(s);
    long exponent = (bits - origin) >> 52;
    double v = Double.longBitsToDouble(bits - (exponent << 52)) - 1;
    double log = LOG_7;
    log = Math.fma(log, v, LOG_6);
    log = Math.fma(log, v, LOG_5);
    log = Math.fma(log, v, LOG_4);
    log = Math.fma(log, v, LOG_3);
    log = Math.fma(log, v, LOG_2);
    log = Math.fma(log, v, LOG_1);
    return Math.fma(-LOG_OF_2, (double) exponent, log * v);
  }

  /**
   * Returns a number that is not negative as the nearest float, like a cast. The instruction of a
   * cast waits for the old value of its target register, which here comes from the draw before:
   * draws would be made one after the other, at a quarter of the speed.
   */
  static float toFloat(int number) {
    float high = Float.intBitsToFloat((number >>> 9) + INTEGER_BITS) - INTEGER;
    float low = Float.intBitsToFloat((number & 0x1FF) + INTEGER_BITS) - INTEGER;
    return Math.fma(high, 512, low);
  }

  /**
   * Gives a magnitude a sign.
   *
   * @param sign -1 or 0
   */
  static float withSign(float magnitude, int sign) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(magnitude) ^ (sign & Integer.MIN_VALUE));
  }
}
