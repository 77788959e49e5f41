package dev.kindling.statistics;

import org.apache.commons.numbers.gamma.Erfc;

/**
 * The outcome of one test of a hypothesis.
 *
 * @param test what was tested
 * @param statistic what came out, for people
 * @param p probability of an outcome at least as far off, at most, if the hypothesis holds
 */
record Finding(String test, String statistic, double p) {
  /**
   * A finding below this is a defect. With the 300 or so findings of {@link LargeStatisticsTest} a
   * sound generator is blamed with probability 3e-5.
   */
  static final double ALARM = 1e-7;

  /** Returns a two-sided finding on a statistic that is standard normal. */
  static Finding ofNormal(String test, double z) {
    return new Finding(test, "z = %+.2f".formatted(z), Erfc.value(Math.abs(z) / Math.sqrt(2)));
  }

  boolean alarms() {
    return !(p >= ALARM);
  }
}
