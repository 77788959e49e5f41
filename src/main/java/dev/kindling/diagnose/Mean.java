package dev.kindling.diagnose;

import java.util.List;

/**
 * A mean over seeds.
 *
 * @param value the mean; not a number where there is none
 * @param error its standard error, 0 where it cannot be told
 */
record Mean(double value, double error) {
  static Mean of(List<Double> numbers) {
    double mean = numbers.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    double squares = numbers.stream().mapToDouble(it -> (it - mean) * (it - mean)).sum();
    int count = numbers.size();
    double error = count < 2 ? 0 : Math.sqrt(squares / (count - 1) / count);
    return new Mean(mean, Double.isFinite(error) ? error : 0);
  }

  /** Returns whether two means differ by less than two standard errors, or less than that. */
  boolean ties(Mean other, double atLeast) {
    double both = Math.sqrt(error * error + other.error * other.error);
    return Math.abs(value - other.value) <= Math.max(2 * both, atLeast);
  }
}
