package dev.kindling.diagnose;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How a number changes from layer to layer: by a factor each, all the way or from some layer on.
 *
 * @param from index of the layer behind which it changes
 * @param rate factor per layer from there on
 */
record Trend(int from, double rate) {
  /** Squares of what a later beginning leaves over must be so many times less than without. */
  private static final double CLEARLY = 4;

  /** A change is seen over so many layers or more. */
  private static final int LEAST = 3;

  /**
   * Returns the trend: a line through the logarithms, or a level and a line behind it where that
   * fits clearly better, by least squares.
   *
   * @param numbers positive, one per layer
   */
  static Trend of(List<Double> numbers) {
    double[] logs = numbers.stream().mapToDouble(StrictMath::log).toArray();
    Fit best = Fit.of(logs, 0);
    double limit = best.left() / CLEARLY;
    for (int from = 1; from <= logs.length - LEAST; from++) {
      Fit fit = Fit.of(logs, from);
      if (fit.left() < limit) {
        limit = fit.left();
        best = fit;
      }
    }
    return new Trend(best.from(), StrictMath.exp(best.slope()));
  }

  /** A level up to {@code from} and a line behind, and the squares that it leaves over. */
  private record Fit(int from, double slope, double left) {
    static Fit of(double[] logs, int from) {
      double[] x =
          IntStream.range(0, logs.length).mapToDouble(i -> Math.max(0, i - from)).toArray();
      double slope = products(x, logs) / products(x, x);
      return new Fit(from, slope, products(logs, logs) - slope * products(x, logs));
    }

    /** Sum of products, each factor around its mean. */
    private static double products(double[] a, double[] b) {
      double middleA = IntStream.range(0, a.length).mapToDouble(i -> a[i]).sum() / a.length;
      double middleB = IntStream.range(0, b.length).mapToDouble(i -> b[i]).sum() / b.length;
      return IntStream.range(0, a.length)
          .mapToDouble(i -> (a[i] - middleA) * (b[i] - middleB))
          .sum();
    }
  }
}
