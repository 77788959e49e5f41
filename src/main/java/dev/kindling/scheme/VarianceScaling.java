package dev.kindling.scheme;

/** The arithmetic that all schemes of variance {@code scale / fan} share. */
final class VarianceScaling {
  private VarianceScaling() {}

  /** Returns {@code sqrt(scale / fan)}. */
  static double std(double scale, double fan) {
    return Math.sqrt(scale / positive(fan));
  }

  /**
   * Returns the bound {@code sqrt(3 scale / fan)} of the uniform with variance {@code scale / fan}.
   */
  static double bound(double scale, double fan) {
    return Math.sqrt(3 * scale / positive(fan));
  }

  private static double positive(double fan) {
    if (!(fan > 0)) {
      throw new IllegalArgumentException("fan is not positive: " + fan);
    }
    return fan;
  }
}
