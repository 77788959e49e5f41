package dev.kindling.kernel;

/**
 * Sums over a run of values, in float64: what mean, variance and range follow from.
 *
 * <p><b>Exactness.</b> Value i, but for the last {@code length % 16}, belongs to stripe {@code i %
 * 16}; a stripe is summed in index order, its squares by fused multiply-adds. Stripes are added in
 * halves (stripe j and j + 8, then j + 4, ...); the last values follow one by one. So the bits
 * depend on no vector width.
 *
 * @param deviations sum of {@code value - origin}
 * @param squares sum of {@code (value - origin)^2}
 * @param least the least of those that are numbers, positive infinity for none; never -0
 * @param greatest the greatest of those that are numbers, negative infinity for none; never -0
 */
public record Sums(double deviations, double squares, double least, double greatest) {
  /** Number of stripes. */
  public static final int STRIPES = 16;

  /** Adds up stripes; the arrays are used up. */
  public static Sums ofStripes(
      double[] deviations, double[] squares, double[] least, double[] greatest) {
    for (int width = STRIPES / 2; width > 0; width /= 2) {
      for (int j = 0; j < width; j++) {
        deviations[j] += deviations[j + width];
        squares[j] += squares[j + width];
        least[j] = Math.min(least[j], least[j + width]);
        greatest[j] = Math.max(greatest[j], greatest[j + width]);
      }
    }
    return new Sums(deviations[0], squares[0], least[0] + 0.0, greatest[0] + 0.0);
  }

  /** Returns the sums of these values and one more, whose deviation from the origin is given. */
  public Sums plus(double value, double deviation) {
    return new Sums(
        deviations + deviation,
        Math.fma(deviation, deviation, squares),
        value < least ? value + 0.0 : least,
        value > greatest ? value + 0.0 : greatest);
  }
}
