package dev.kindling.checkpoint;

import dev.kindling.kernel.Sums;
import java.io.Serializable;

/**
 * Statistics of a run of values, in float64.
 *
 * <p><b>Exactness.</b> Values are taken in index order in pieces of at most {@link
 * ElementPiece#SIZE}, each piece relative to its first value as {@link Sums} says; pieces and then
 * ranges are merged in index order. So a shard that is written and one that is re-read give the
 * same bits.
 *
 * @param count number of values
 * @param mean their mean, 0 for none
 * @param m2 sum of squared deviations from the mean
 * @param min the least of those that are numbers, positive infinity for none
 * @param max the greatest of those that are numbers, negative infinity for none
 */
public record ValueStatistics(long count, double mean, double m2, double min, double max)
    implements Serializable {
  /** The statistics of no values. */
  public static final ValueStatistics EMPTY =
      new ValueStatistics(0, 0, 0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);

  /** Returns the statistics of these values followed by the next (Chan, Golub, LeVeque 1983). */
  public ValueStatistics merge(ValueStatistics next) {
    if (count == 0 || next.count == 0) {
      return count == 0 ? next : this;
    }
    long total = count + next.count;
    double delta = next.mean - mean;
    double weight = (double) next.count / total;
    return new ValueStatistics(
        total,
        mean + delta * weight,
        m2 + next.m2 + delta * delta * count * weight,
        Math.min(min, next.min),
        Math.max(max, next.max));
  }

  /** Returns the population standard deviation, 0 for no values. */
  public double std() {
    return count == 0 ? 0 : Math.sqrt(m2 / count);
  }

  /**
   * Returns the statistics of a piece.
   *
   * @param first its first value
   * @param sums its sums relative to that
   */
  static ValueStatistics of(int count, double first, Sums sums) {
    double shift = sums.deviations() / count;
    double m2 = Math.max(0, sums.squares() - sums.deviations() * shift);
    return new ValueStatistics(count, first + shift, m2, sums.least(), sums.greatest());
  }
}
