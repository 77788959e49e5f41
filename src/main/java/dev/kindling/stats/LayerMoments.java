package dev.kindling.stats;

import dev.kindling.base.Require;
import java.io.Serializable;

/**
 * Count, mean and sum of squared deviations of a layer's output z without its bias, the same of the
 * bias b as it is spread over z, and their co-moment. Population statistics, float64.
 *
 * @param count number of elements of z
 * @param mean mean of z
 * @param squares sum of {@code (z - mean)^2}
 * @param biasMean mean of b over all elements
 * @param biasSquares sum of {@code (b - biasMean)^2}
 * @param coMoment sum of {@code (z - mean) (b - biasMean)}
 */
public record LayerMoments(
    long count, double mean, double squares, double biasMean, double biasSquares, double coMoment)
    implements Serializable {
  /** The moments of nothing. */
  public static final LayerMoments NONE = new LayerMoments(0, 0, 0, 0, 0, 0);

  public LayerMoments {
    Require.notNegative(count, "count");
  }

  /**
   * Returns the moments of one channel of z, all of whose elements have the same bias. Two passes:
   * the mean, then the squared deviations from it, each in four fixed stripes.
   *
   * @param z values
   * @param offset index of the channel's first value
   * @param stride distance between its values
   * @param length number of its values
   * @param bias the channel's bias, 0 if it has none
   */
  public static LayerMoments ofChannel(float[] z, int offset, int stride, int length, double bias) {
    if (length == 0) {
      return NONE;
    }
    double mean = stripedSum(z, offset, stride, length, 0, false) / length;
    return new LayerMoments(
        length, mean, stripedSum(z, offset, stride, length, mean, true), bias, 0, 0);
  }

  /**
   * Returns the moments of both sets together. Source: Chan, Golub, LeVeque 1983, Algorithms for
   * computing the sample variance, equation 2.1, <a
   * href="https://doi.org/10.1080/00031305.1983.10483115">doi:10.1080/00031305.1983.10483115</a>.
   */
  public LayerMoments merge(LayerMoments next) {
    if (count == 0) {
      return next;
    }
    if (next.count == 0) {
      return this;
    }
    long total = count + next.count;
    double share = (double) next.count / total;
    double weight = count * share;
    double step = next.mean - mean;
    double biasStep = next.biasMean - biasMean;
    return new LayerMoments(
        total,
        mean + step * share,
        squares + next.squares + step * step * weight,
        biasMean + biasStep * share,
        biasSquares + next.biasSquares + biasStep * biasStep * weight,
        coMoment + next.coMoment + step * biasStep * weight);
  }

  /** Returns the moments of all sets together, merged in their order. */
  public static LayerMoments merge(Iterable<LayerMoments> sets) {
    LayerMoments merged = NONE;
    for (LayerMoments set : sets) {
      merged = merged.merge(set);
    }
    return merged;
  }

  /** Returns the population variance of {@code scale * z + b}. */
  public double variance(double scale) {
    return (scale * scale * squares + 2 * scale * coMoment + biasSquares) / count;
  }

  /**
   * Sums deviations or their squares in four stripes, added as (0 + 1) + (2 + 3), then the rest in
   * order. Four numbers rather than an array, which would keep the sums in memory.
   */
  private static double stripedSum(
      float[] z, int offset, int stride, int length, double centre, boolean squared) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int whole = length - length % 4;
    for (int i = 0; i < whole; i += 4) {
      int at = offset + i * stride;
      a += term(z[at] - centre, squared);
      b += term(z[at + stride] - centre, squared);
      c += term(z[at + 2 * stride] - centre, squared);
      d += term(z[at + 3 * stride] - centre, squared);
    }
    double sum = (a + b) + (c + d);
    for (int i = whole; i < length; i++) {
      sum += term(z[offset + i * stride] - centre, squared);
    }
    return sum;
  }

  private static double term(double deviation, boolean squared) {
    return squared ? deviation * deviation : deviation;
  }
}
