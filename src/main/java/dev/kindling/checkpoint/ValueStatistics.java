package dev.kindling.checkpoint;

import java.io.Serializable;

/**
 * Statistics of a run of values, in float64.
 *
 * <p><b>Exactness.</b> Values are taken in index order in pieces of at most {@link
 * ElementPiece#SIZE}, each piece relative to its first value and in four interleaved sums; pieces
 * and then ranges are merged in index order. So a shard that is written and one that is re-read
 * give the same bits.
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

  /** Returns the statistics of {@code length} values of an array. */
  static ValueStatistics of(float[] values, int offset, int length) {
    if (length == 0) {
      return EMPTY;
    }
    return new Piece(values[offset]).add(values, offset, length);
  }

  /** Returns the statistics of the first {@code length} values of an array. */
  static ValueStatistics of(double[] values, int length) {
    double origin = length == 0 ? 0 : values[0];
    double sum = 0;
    double squares = 0;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < length; i++) {
      double d = values[i] - origin;
      sum += d;
      squares += d * d;
      min = values[i] < min ? values[i] : min;
      max = values[i] > max ? values[i] : max;
    }
    double shift = length == 0 ? 0 : sum / length;
    return new ValueStatistics(
        length, origin + shift, Math.max(0, squares - sum * shift), min, max);
  }

  /**
   * Sums relative to a value of the piece, which keeps a constant tensor's deviation exactly zero.
   */
  private static final class Piece {
    private final double origin;
    private double sum;
    private double squares;
    private float min = Float.POSITIVE_INFINITY;
    private float max = Float.NEGATIVE_INFINITY;

    Piece(double origin) {
      this.origin = origin;
    }

    ValueStatistics add(float[] values, int offset, int length) {
      int striped = length & -4;
      addStripes(values, offset, striped);
      for (int i = offset + striped; i < offset + length; i++) {
        double d = values[i] - origin;
        sum += d;
        squares += d * d;
      }
      extremes(values, offset, length);
      double shift = sum / length;
      double m2 = Math.max(0, squares - sum * shift);
      return new ValueStatistics(length, origin + shift, m2, min, max);
    }

    private void addStripes(float[] values, int offset, int length) {
      double s0 = 0;
      double s1 = 0;
      double s2 = 0;
      double s3 = 0;
      double q0 = 0;
      double q1 = 0;
      double q2 = 0;
      double q3 = 0;
      for (int i = offset; i < offset + length; i += 4) {
        double d0 = values[i] - origin;
        double d1 = values[i + 1] - origin;
        double d2 = values[i + 2] - origin;
        double d3 = values[i + 3] - origin;
        s0 += d0;
        s1 += d1;
        s2 += d2;
        s3 += d3;
        q0 += d0 * d0;
        q1 += d1 * d1;
        q2 += d2 * d2;
        q3 += d3 * d3;
      }
      sum = (s0 + s1) + (s2 + s3);
      squares = (q0 + q1) + (q2 + q3);
    }

    /**
     * Compares by hand: Math.min and Math.max cost ten times as much here, for their care about NaN
     * and -0.
     */
    private void extremes(float[] values, int offset, int length) {
      float least = Float.POSITIVE_INFINITY;
      float greatest = Float.NEGATIVE_INFINITY;
      for (int i = offset; i < offset + length; i++) {
        float value = values[i];
        if (value < least) {
          least = value;
        }
        if (value > greatest) {
          greatest = value;
        }
      }
      min = least;
      max = greatest;
    }
  }
}
