package dev.kindling.scheme;

import dev.kindling.model.Fans;

/** Which fan a variance-scaling scheme divides by. */
public enum FanMode {
  FAN_IN,
  FAN_OUT,
  /** The arithmetic mean of both. */
  FAN_AVG;

  /** Returns the fan of this mode. */
  public double of(Fans fans) {
    return switch (this) {
      case FAN_IN -> fans.in();
      case FAN_OUT -> fans.out();
      case FAN_AVG -> (fans.in() + fans.out()) / 2;
    };
  }
}
