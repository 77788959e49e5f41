package dev.kindling.scheme;

import dev.kindling.model.Fans;

/** Which fan a variance-scaling scheme divides by. */
public enum FanMode {
  FAN_IN,
  FAN_OUT,
  /** The arithmetic mean of both. */
  FAN_AVG,
  /** The geometric mean of both. */
  FAN_GEO_AVG;

  /**
   * Returns the fan of this mode.
   *
   * @throws IllegalArgumentException if it is zero
   */
  public double of(Fans fans) {
    double fan =
        switch (this) {
          case FAN_IN -> fans.in();
          case FAN_OUT -> fans.out();
          case FAN_AVG -> (fans.in() + fans.out()) / 2;
          case FAN_GEO_AVG -> Math.sqrt(fans.in() * fans.out());
        };
    if (!(fan > 0)) {
      throw new IllegalArgumentException("fan is not positive: " + fan);
    }
    return fan;
  }
}
