package dev.kindling.calibrate;

/**
 * The variance of a calibrated layer on rows that no scale was found on, with an interval that
 * covers the true one in 95 of 100 models for all layers at once.
 *
 * @param variance population variance on the check's rows
 * @param low lower end
 * @param high upper end
 */
public record FreshVariance(double variance, double low, double high) {
  private static final double VAGUE = 100;

  /**
   * Returns whether the interval says nothing: from two micro-batches it may reach over ten powers
   * of ten.
   */
  public boolean isVague() {
    return high > VAGUE * variance;
  }

  /** Returns whether a variance lies in the interval. */
  public boolean covers(double target) {
    return low <= target && target <= high;
  }
}
