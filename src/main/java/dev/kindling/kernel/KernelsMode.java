package dev.kindling.kernel;

import java.util.Locale;

/** Which kernels a user wants. The values do not depend on it, only the time. */
public enum KernelsMode {
  /** The fastest that can run here. */
  AUTO,
  /** Plain Java. */
  SCALAR,
  /** The Vector API, or an error. */
  SIMD;

  /** Returns the mode as it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
