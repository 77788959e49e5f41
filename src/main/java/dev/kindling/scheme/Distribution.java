package dev.kindling.scheme;

/** The shape of a zero-mean draw whose variance a scheme gives. */
public enum Distribution {
  NORMAL,
  /** Cut at two standard deviations of the normal, which is widened so that the variance holds. */
  TRUNCATED,
  UNIFORM;

  /** Where {@link #TRUNCATED} is cut, in standard deviations before truncation. */
  static final double CUT = 2;

  /** Returns the draw with standard deviation {@code gain * sqrt(variance)}. */
  Draw draw(double gain, double variance) {
    return switch (this) {
      case NORMAL -> new Draw.Gaussian(0, gain * Math.sqrt(variance));
      case TRUNCATED ->
          new Draw.Truncated(0, gain * Math.sqrt(variance) / Draw.Truncated.STD_AT_TWO, -CUT, CUT);
      case UNIFORM -> new Draw.Interval(0, gain * Math.sqrt(3 * variance));
    };
  }
}
