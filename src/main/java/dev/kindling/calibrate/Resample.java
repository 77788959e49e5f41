package dev.kindling.calibrate;

import dev.kindling.base.Require;

/**
 * How a scale is held against further samples, as the published algorithm does: it is found anew on
 * the next sample until a sample agrees.
 *
 * @param tolerance how far a sample's variance may be from the target
 * @param maxPasses number of samples at most, the first included
 */
public record Resample(double tolerance, int maxPasses) {
  /** Tolerance and number of passes of the published implementation. */
  public static final Resample PUBLISHED = new Resample(0.1, 10);

  public Resample {
    Require.positive(tolerance, "tolerance");
    Require.positive(maxPasses, "max-passes");
  }
}
