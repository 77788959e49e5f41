package dev.kindling.recipe;

import java.util.stream.IntStream;

/** Sample moments of values, for tests. */
record Moments(long count, double mean, double std, double kurtosis, double largest) {
  static Moments of(float[] values) {
    return of(IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray());
  }

  static Moments of(double[] values) {
    double mean = 0;
    double largest = 0;
    for (double value : values) {
      mean += value;
      largest = Math.max(largest, Math.abs(value));
    }
    mean /= values.length;
    double second = 0;
    double fourth = 0;
    for (double value : values) {
      double square = (value - mean) * (value - mean);
      second += square;
      fourth += square * square;
    }
    second /= values.length;
    fourth /= values.length;
    return new Moments(values.length, mean, Math.sqrt(second), fourth / (second * second), largest);
  }

  /** Standard error of the standard deviation, relative to it, given the true kurtosis. */
  static double stdError(double kurtosis, double count) {
    return Math.sqrt((kurtosis - 1) / count) / 2;
  }
}
