package dev.kindling.kernel;

import dev.kindling.random.Stream;

/**
 * The hot operations. Every implementation gives the same bits as {@link ScalarKernels}, for any
 * start and length: only IEEE-exact operations in a written order are used.
 */
public interface Kernels extends MatrixKernels {
  /**
   * Writes normal draws {@code fma(z, std, mean)}, with z the inverse normal CDF at the word of
   * each index.
   *
   * @param stream where the words come from
   * @param start index of the first word
   * @param affine standard deviation and mean
   * @param target receives the values
   * @param offset where the first goes
   * @param length number of values
   */
  void normal(Stream stream, long start, Affine affine, float[] target, int offset, int length);

  /**
   * Writes uniform draws {@code fma(u, bound, centre)}, with u on the open interval (-1, 1), an odd
   * multiple of 2^-24.
   *
   * @param stream where the words come from
   * @param start index of the first word
   * @param affine bound and centre
   * @param target receives the values
   * @param offset where the first goes
   * @param length number of values
   */
  void uniform(Stream stream, long start, Affine affine, float[] target, int offset, int length);

  /**
   * Writes draws {@code fma(z, std, mean)} of a normal restricted to an interval, with z the
   * inverse normal CDF at the interval's probability that the word of each index takes; nothing is
   * rejected. Every value lies between the ends after scaling and shifting, unless no float does.
   *
   * @param stream where the words come from
   * @param start index of the first word
   * @param truncation the interval of z
   * @param affine standard deviation and mean of the normal before truncation
   * @param target receives the values
   * @param offset where the first goes
   * @param length number of values
   */
  void truncatedNormal(
      Stream stream,
      long start,
      Truncation truncation,
      Affine affine,
      float[] target,
      int offset,
      int length);

  /**
   * What is done to a standard draw.
   *
   * @param factor standard deviation of a normal, half the width of a uniform
   * @param summand mean of a normal, centre of a uniform
   */
  record Affine(float factor, float summand) {
    /** Returns the draw after scaling and shifting, with one rounding. */
    public float apply(float draw) {
      return Math.fma(draw, factor, summand);
    }

    /** Returns where a bound of the standard draw comes to lie; infinity stays, for any factor. */
    double at(double bound) {
      return Double.isInfinite(bound) && factor == 0 ? bound : Math.fma(bound, factor, summand);
    }
  }

  /**
   * An interval to which a standard normal is restricted.
   *
   * @param low lower end, in standard deviations; may be negative infinity
   * @param high upper end, in standard deviations; may be infinity
   */
  record Truncation(double low, double high) {
    /** Farthest that an interval may lie from the mean: beyond it float64 has no probabilities. */
    public static final double FARTHEST = 36;

    public Truncation {
      if (!(low < high)) {
        throw new IllegalArgumentException(
            "truncation is not an interval: from " + low + " to " + high);
      }
      if (low > FARTHEST || high < -FARTHEST) {
        throw new IllegalArgumentException(
            "truncation lies beyond %s standard deviations: from %s to %s"
                .formatted(FARTHEST, low, high));
      }
    }
  }
}
