package dev.kindling.matrix;

/** Sums whose order is part of their definition. */
final class FixedOrder {
  private FixedOrder() {}

  /**
   * Returns the sum of {@code a[i] b[i]} from {@code from} to {@code to}: four chains of fused
   * multiply-adds over every fourth element, added as (0 + 1) + (2 + 3), then the rest in order.
   */
  static double dot(double[] a, double[] b, int from, int to) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int i = from;
    for (; i + 4 <= to; i += 4) {
      sum0 = Math.fma(a[i], b[i], sum0);
      sum1 = Math.fma(a[i + 1], b[i + 1], sum1);
      sum2 = Math.fma(a[i + 2], b[i + 2], sum2);
      sum3 = Math.fma(a[i + 3], b[i + 3], sum3);
    }
    double sum = (sum0 + sum1) + (sum2 + sum3);
    for (; i < to; i++) {
      sum = Math.fma(a[i], b[i], sum);
    }
    return sum;
  }
}
