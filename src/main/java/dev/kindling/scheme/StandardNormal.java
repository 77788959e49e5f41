package dev.kindling.scheme;

/**
 * Moments of the standard normal restricted to an interval, with the same bits everywhere. Exact to
 * about 1e-15 divided by the interval's probability.
 */
final class StandardNormal {
  /** Beyond it float64 holds no probability next to 1. */
  private static final double END = 9;

  private static final double ROOT_2_PI = 2.5066282746310002;

  private StandardNormal() {}

  /** Returns the mean on {@code [low, high]}. */
  static double mean(double low, double high) {
    return (density(low) - density(high)) / mass(low, high);
  }

  /** Returns the standard deviation on {@code [low, high]}. */
  static double std(double low, double high) {
    double a = clamp(low);
    double b = clamp(high);
    double mean = mean(a, b);
    double square = 1 + (a * density(a) - b * density(b)) / mass(a, b);
    return Math.sqrt(Math.max(0, square - mean * mean));
  }

  private static double mass(double low, double high) {
    return Math.max(Double.MIN_NORMAL, fromMedian(clamp(high)) - fromMedian(clamp(low)));
  }

  private static double clamp(double z) {
    return Math.max(-END, Math.min(END, z));
  }

  private static double density(double z) {
    return StrictMath.exp(-z * z / 2) / ROOT_2_PI;
  }

  /**
   * Returns {@code P(0 < Z < z)}, negative for negative z. Source: Abramowitz, Stegun 1964,
   * Handbook of Mathematical Functions, 26.2.11.
   */
  private static double fromMedian(double z) {
    double term = z;
    double sum = z;
    for (int n = 3; Math.abs(term) > Math.abs(sum) * 0x1p-60; n += 2) {
      term = term * z * z / n;
      sum += term;
    }
    return density(z) * sum;
  }
}
