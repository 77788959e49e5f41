package dev.kindling.spark;

import java.io.Serializable;

/**
 * How many rows there are.
 *
 * @param good rows that are samples
 * @param bad rows that are none
 * @param problem what is wrong with one of these, the first by the alphabet; empty if there is none
 */
public record Tally(long good, long bad, String problem) implements Serializable {
  /** No rows. */
  static final Tally NONE = new Tally(0, 0, "");

  Tally plus(Tally other) {
    return new Tally(good + other.good, bad + other.bad, bad == 0 ? other.problem : first(other));
  }

  private String first(Tally other) {
    return other.bad == 0 || problem.compareTo(other.problem) <= 0 ? problem : other.problem;
  }

  /** Returns the number of all rows. */
  public long rows() {
    return good + bad;
  }
}
