package dev.kindling.media;

/**
 * Resizes one axis with a triangle filter, which widens where the axis shrinks: what Pillow calls
 * bilinear, and PyTorch bilinear with {@code antialias=True}, without their rounding in between.
 */
final class Resampling {
  private final int[] first;
  private final double[][] weights;

  private Resampling(int[] first, double[][] weights) {
    this.first = first;
    this.weights = weights;
  }

  /** Returns the resampling of an axis from one length to another. */
  static Resampling of(int from, int to) {
    double scale = (double) from / to;
    double radius = Math.max(scale, 1);
    int[] first = new int[to];
    double[][] weights = new double[to][];
    for (int target = 0; target < to; target++) {
      double centre = (target + 0.5) * scale;
      first[target] = Math.max(0, (int) (centre - radius + 0.5));
      int end = Math.min(from, (int) (centre + radius + 0.5));
      weights[target] = triangle(first[target], end, centre, radius);
    }
    return new Resampling(first, weights);
  }

  private static double[] triangle(int from, int end, double centre, double radius) {
    double[] weights = new double[end - from];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Math.max(0, 1 - Math.abs((from + i + 0.5 - centre) / radius));
      sum += weights[i];
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= sum;
    }
    return weights;
  }

  int size() {
    return first.length;
  }

  /** Returns the first source that a target takes. */
  int first(int target) {
    return first[target];
  }

  /** Returns the first source behind those that a target takes. */
  int end(int target) {
    return first[target] + weights[target].length;
  }

  double weight(int target, int source) {
    return weights[target][source - first[target]];
  }

  /** Returns rows resized along their length. */
  double[][] apply(double[][] rows) {
    double[][] resized = new double[rows.length][size()];
    for (int row = 0; row < rows.length; row++) {
      for (int target = 0; target < size(); target++) {
        double sum = 0;
        for (int i = 0; i < weights[target].length; i++) {
          sum += weights[target][i] * rows[row][first[target] + i];
        }
        resized[row][target] = sum;
      }
    }
    return resized;
  }
}
