package dev.kindling.kernel;

/**
 * The inverse CDF of the standard normal at a random 64-bit word, with IEEE-exact operations only.
 * This is the definition; vector code repeats the centre with the same coefficients, step by step.
 *
 * <p>As in {@link NormalQuantile} the word is a sign and the distance t from the median, here of 63
 * bits: {@code x = (t + 1/2) / 2^63}, {@code s = 1 - x}, each formed from the word's bits. Where
 * {@code s >= } {@link #TAIL}, {@code z = x R(s (2 - s))} with R a ratio of polynomials whose
 * coefficients are all positive, so that nothing cancels; below, one in {@code sqrt(-log s)}. The
 * largest |z| is 9.16 at a probability of 2^-65.
 *
 * <p><b>Exactness.</b> Relative error below 1.5e-15 everywhere.
 *
 * <p><b>Source.</b> The coefficients are our own: {@code src/test/python/normal_map64.py}.
 */
public final class NormalQuantile64 {
  /** Probability of both tails beyond |z| below which the ratio of the centre does not hold. */
  public static final double TAIL = 0x1p-9;

  /** Words whose distance from 1 is less belong to the tail. */
  public static final long TAIL_WORDS = 1L << 54;

  /** Distance between two words as a probability, in units of half the distribution. */
  public static final double STEP = 0x1p-63;

  /** Half of {@link #STEP}. */
  public static final double HALF_STEP = 0x1p-64;

  /** Highest power of both polynomials of the centre. */
  public static final int CENTRAL_DEGREE = 17;

  /** From the lowest power on. */
  private static final double[] CENTRAL_NUMERATOR = {
    4.351031339872787,
    38303.19978377599,
    72850390.8679672,
    50345681817.815735,
    15597358627425.168,
    2416224463540726.0,
    1.9932924660635587E17,
    9.08970585201778E18,
    2.339545892224917E20,
    3.4286601577938467E21,
    2.856373549123963E22,
    1.3361035386023797E23,
    3.4209762232143574E23,
    4.5877839874390805E23,
    2.9912126280284407E23,
    8.305983138106005E22,
    7.493191658250013E21,
    9.748524934432306E19,
  };

  private static final double[] CENTRAL_DENOMINATOR = {
    1.0,
    9969.006526396124,
    20614018.408549733,
    15294220178.354649,
    5064397048141.023,
    838113558539886.4,
    7.40119836614455E16,
    3.6275749165449364E18,
    1.0096513232007671E20,
    1.6133893021204703E21,
    1.4818133757236043E22,
    7.754682038496493E22,
    2.2662776337254468E23,
    3.569029877266858E23,
    2.853087478950528E23,
    1.0448581580690614E23,
    1.444253904182421E22,
    4.7458519887961725E20,
  };

  private static final double[] TAIL_NUMERATOR = {
    -0.017054887864200636,
    0.10983301099035211,
    0.9254416626316863,
    3.0110805739104483,
    3.314158439776694,
    3.606260032266971,
    1.5767017015119162,
    0.2662512501767418,
    0.01860929945865646,
    0.000535363354088179,
    5.6980912671146056E-06,
    1.6169676087528693E-08,
  };

  private static final double[] TAIL_DENOMINATOR = {
    1.0,
    1.9337699410211222,
    3.6854087651833702,
    3.451352662207298,
    2.8159140629952333,
    1.1390782418561731,
    0.1891369000864879,
    0.013170221104766287,
    0.0003786011326498047,
    4.029166598090326E-06,
    1.143368433948094E-08,
  };

  private NormalQuantile64() {}

  /** Returns the quantile at a uniform random word. */
  public static double ofWord(long word) {
    long sign = word >> 63;
    long distance = word ^ sign;
    double x = Math.fma((double) distance, STEP, HALF_STEP);
    long fromOne = Long.MAX_VALUE - distance;
    double s = Math.fma((double) fromOne, STEP, HALF_STEP);
    return withSign(fromOne < TAIL_WORDS ? tail(s) : central(x, s), sign);
  }

  /**
   * Returns the positive z whose two tails hold the probability s.
   *
   * @param x {@code 1 - s}
   * @param s at least {@link #TAIL}
   */
  static double central(double x, double s) {
    double y = s * (2 - s);
    return x * (polynomial(CENTRAL_NUMERATOR, y) / polynomial(CENTRAL_DENOMINATOR, y));
  }

  /**
   * Returns the positive z whose two tails hold the probability s.
   *
   * @param s from 1e-300 to {@link #TAIL}
   */
  static double tail(double s) {
    double r = Math.sqrt(-StrictMath.log(s));
    return polynomial(TAIL_NUMERATOR, r) / polynomial(TAIL_DENOMINATOR, r);
  }

  /** Returns the coefficient of a power in the numerator of the centre. */
  public static double numerator(int power) {
    return CENTRAL_NUMERATOR[power];
  }

  /** Returns the coefficient of a power in the denominator of the centre. */
  public static double denominator(int power) {
    return CENTRAL_DENOMINATOR[power];
  }

  private static double polynomial(double[] coefficients, double x) {
    double sum = coefficients[coefficients.length - 1];
    for (int k = coefficients.length - 2; k >= 0; k--) {
      sum = Math.fma(sum, x, coefficients[k]);
    }
    return sum;
  }

  /**
   * Gives a magnitude a sign.
   *
   * @param sign -1 or 0
   */
  static double withSign(double magnitude, long sign) {
    return Double.longBitsToDouble(Double.doubleToRawLongBits(magnitude) ^ (sign & Long.MIN_VALUE));
  }
}
