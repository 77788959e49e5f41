package dev.kindling.kernel;

import java.util.Arrays;

/** The definition of {@link Sums}, in plain Java. */
final class ScalarSums {
  private final double origin;
  private final double[] deviations = new double[Sums.STRIPES];
  private final double[] squares = new double[Sums.STRIPES];
  private final double[] least = new double[Sums.STRIPES];
  private final double[] greatest = new double[Sums.STRIPES];

  private ScalarSums(double origin) {
    this.origin = origin;
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    Arrays.fill(greatest, Double.NEGATIVE_INFINITY);
  }

  static Sums of(float[] values, int offset, int length, double origin) {
    ScalarSums stripes = new ScalarSums(origin);
    int striped = length - length % Sums.STRIPES;
    for (int i = offset; i < offset + striped; i += Sums.STRIPES) {
      for (int j = 0; j < Sums.STRIPES; j++) {
        stripes.add(j, values[i + j]);
      }
    }
    Sums sums = stripes.sum();
    for (int i = offset + striped; i < offset + length; i++) {
      sums = sums.plus(values[i], values[i] - origin);
    }
    return sums;
  }

  static Sums of(double[] values, int offset, int length, double origin) {
    ScalarSums stripes = new ScalarSums(origin);
    int striped = length - length % Sums.STRIPES;
    for (int i = offset; i < offset + striped; i += Sums.STRIPES) {
      for (int j = 0; j < Sums.STRIPES; j++) {
        stripes.add(j, values[i + j]);
      }
    }
    Sums sums = stripes.sum();
    for (int i = offset + striped; i < offset + length; i++) {
      sums = sums.plus(values[i], values[i] - origin);
    }
    return sums;
  }

  /**
   * Adds a value. Compares by hand: Math.min and Math.max cost ten times as much here, for their
   * care about NaN and -0.
   */
  private void add(int stripe, double value) {
    double deviation = value - origin;
    deviations[stripe] += deviation;
    squares[stripe] = Math.fma(deviation, deviation, squares[stripe]);
    if (value < least[stripe]) {
      least[stripe] = value;
    }
    if (value > greatest[stripe]) {
      greatest[stripe] = value;
    }
  }

  private Sums sum() {
    return Sums.ofStripes(deviations, squares, least, greatest);
  }
}
