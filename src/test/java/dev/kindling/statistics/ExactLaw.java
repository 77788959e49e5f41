package dev.kindling.statistics;

import dev.kindling.kernel.Law;
import org.apache.commons.numbers.gamma.Erfc;

/** What a law of draws says exactly: support, distribution function, moments. */
sealed interface ExactLaw {
  /** Returns what draws of a kernel follow. */
  static ExactLaw of(Law law) {
    if (law instanceof Law.TruncatedNormal truncated) {
      return new Normal(truncated.low(), truncated.high());
    }
    return law instanceof Law.Normal
        ? new Normal(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY)
        : new Uniform();
  }

  double low();

  double high();

  /** Returns P(X &lt;= x). */
  double below(double x);

  /** Returns P(X &gt; x), exact where it is small. */
  double above(double x);

  /** Returns E X^k. */
  double moment(int k);

  /** Returns E (X - E X)^k for k up to 8. */
  default double centralMoment(int k) {
    double sum = 0;
    double choose = 1;
    for (int j = 0; j <= k; j++) {
      sum += choose * moment(j) * Math.pow(-moment(1), k - j);
      choose = choose * (k - j) / (j + 1);
    }
    return sum;
  }

  /** Uniform on [-1, 1). */
  record Uniform() implements ExactLaw {
    @Override
    public double low() {
      return -1;
    }

    @Override
    public double high() {
      return 1;
    }

    @Override
    public double below(double x) {
      return (x + 1) / 2;
    }

    @Override
    public double above(double x) {
      return (1 - x) / 2;
    }

    @Override
    public double moment(int k) {
      return k % 2 == 0 ? 1.0 / (k + 1) : 0;
    }
  }

  /** Standard normal, given that it lies between two bounds. */
  record Normal(double low, double high) implements ExactLaw {
    @Override
    public double below(double x) {
      return between(low, x) / between(low, high);
    }

    @Override
    public double above(double x) {
      return between(x, high) / between(low, high);
    }

    /** By parts: {@code E X^k = (k - 1) E X^(k-2) - [x^(k-1) phi(x)] / Z}. */
    @Override
    public double moment(int k) {
      if (k == 0) {
        return 1;
      }
      double rest = k == 1 ? 0 : (k - 1) * moment(k - 2);
      return rest - (edge(high, k) - edge(low, k)) / between(low, high);
    }

    private static double edge(double x, int k) {
      double density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
      return Double.isInfinite(x) ? 0 : Math.pow(x, k - 1) * density;
    }

    /** Takes the difference on the side where both are small. */
    private static double between(double from, double to) {
      return from + to > 0 ? upper(from) - upper(to) : upper(-to) - upper(-from);
    }

    private static double upper(double x) {
      return 0.5 * Erfc.value(x / Math.sqrt(2));
    }
  }
}
