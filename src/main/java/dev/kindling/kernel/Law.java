package dev.kindling.kernel;

/** A distribution that the kernels draw from. */
public sealed interface Law {
  /** The standard normal, by its inverse CDF at the element's word. */
  record Normal() implements Law {}

  /**
   * The uniform on the open interval (-1, 1): an odd multiple of 2^-24 in float32, of 2^-53 in
   * float64.
   */
  record Uniform() implements Law {}

  /**
   * The standard normal restricted to an interval: its inverse CDF at the interval's probability
   * that the element's word takes; nothing is rejected. Every value lies between the ends after
   * scaling and shifting, unless no number of the type does.
   *
   * @param low lower end, in standard deviations; may be negative infinity
   * @param high upper end, in standard deviations; may be infinity
   */
  record TruncatedNormal(double low, double high) implements Law {
    /** Farthest that an interval may lie from the mean: beyond it float64 has no probabilities. */
    public static final double FARTHEST = 36;

    public TruncatedNormal {
      if (!(low < high)) {
        throw new IllegalArgumentException(
            "truncation is not an interval: from " + low + " to " + high);
      }
      if (low > FARTHEST || high < -FARTHEST) {
        throw new IllegalArgumentException(
            "truncation lies beyond %s standard deviations: from %s to %s"
                .formatted(FARTHEST, low, high));
      }
    }
  }
}
