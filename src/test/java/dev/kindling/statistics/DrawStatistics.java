package dev.kindling.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.distribution.BinomialDistribution;

/**
 * Holds draws against an exact law, block by block in bounded memory.
 *
 * <ul>
 *   <li>Moments to the fourth about the exact mean: standard normal by their exact variance.
 *   <li>Kolmogorov-Smirnov at 2^20 equally probable cuts: never more than the statistic itself, so
 *       {@code 2 exp(-2 D^2 n)} bounds the false alarms (Massart 1990).
 *   <li>Anderson-Darling, exact in each block; under the hypothesis {@code A^2} is the sum of
 *       {@code X_j^2 / (j (j + 1))} over independent standard normals (Anderson and Darling 1952),
 *       whose moment generating function bounds the tails of the blocks' sum on both sides
 *       (Chernoff).
 *   <li>Tails: what lies beyond a cut is binomial.
 *   <li>Serial correlation at lags within and between tiles.
 * </ul>
 */
final class DrawStatistics {
  private static final int CUTS = 1 << 20;
  private static final int MOMENTS = 4;
  private static final int[] LAGS = {1, 2, 3, 4, 8, 16, 31, 32, 33, 63, 64, 65, 128, 1024, 2048};
  private static final double[] TAILS = {1e-3, 1e-5, 1e-6};

  private final ExactLaw law;
  private final double mean;
  private final double deviation;
  private final double[] powers = new double[MOMENTS];
  private final double[] products = new double[LAGS.length];
  private final long[] pairs = new long[LAGS.length];
  private final long[] histogram = new long[CUTS];
  private final long[] lowerTails = new long[TAILS.length];
  private final long[] upperTails = new long[TAILS.length];
  private long beyond4;
  private long beyond5;
  private long outside;
  private long count;
  private int blocks;
  private double andersonDarling;

  DrawStatistics(ExactLaw law) {
    this.law = law;
    this.mean = law.moment(1);
    this.deviation = Math.sqrt(law.centralMoment(2));
  }

  /** Adds a block; sorts it. */
  void add(double[] draws) {
    blocks++;
    count += draws.length;
    correlate(draws);
    Arrays.sort(draws);
    if (draws[0] < law.low() || draws[draws.length - 1] > law.high()) {
      outside++;
    }
    double[] logs = new double[draws.length];
    for (int i = 0; i < draws.length; i++) {
      addOrdered(draws, i, logs);
    }
    andersonDarling += Arrays.stream(logs).sum() / -draws.length - draws.length;
  }

  private void addOrdered(double[] draws, int i, double[] logs) {
    double x = draws[i];
    double below = law.below(x);
    double above = law.above(x);
    histogram[(int) Math.min(CUTS - 1, (long) (below * CUTS))]++;
    logs[i] = (2 * i + 1) * log(below) + (2 * (draws.length - i) - 1) * log(above);
    for (int t = 0; t < TAILS.length; t++) {
      lowerTails[t] += below < TAILS[t] ? 1 : 0;
      upperTails[t] += above < TAILS[t] ? 1 : 0;
    }
    beyond4 += Math.abs(x) > 4 ? 1 : 0;
    beyond5 += Math.abs(x) > 5 ? 1 : 0;
    double distance = x - mean;
    double power = 1;
    for (int k = 0; k < MOMENTS; k++) {
      power *= distance;
      powers[k] += power;
    }
  }

  /** A float32 draw may be rounded onto a bound; then it is half a word's probability away. */
  private static double log(double p) {
    return Math.log(p > 0 ? p : 0x1p-33);
  }

  private void correlate(double[] draws) {
    for (int l = 0; l < LAGS.length; l++) {
      double sum = 0;
      for (int i = LAGS[l]; i < draws.length; i++) {
        sum += (draws[i] - mean) * (draws[i - LAGS[l]] - mean);
      }
      products[l] += sum;
      pairs[l] += Math.max(0, draws.length - LAGS[l]);
    }
  }

  /** Adds what another has seen. */
  void merge(DrawStatistics other) {
    Arrays.setAll(powers, k -> powers[k] + other.powers[k]);
    Arrays.setAll(products, l -> products[l] + other.products[l]);
    Arrays.setAll(pairs, l -> pairs[l] + other.pairs[l]);
    Arrays.setAll(histogram, i -> histogram[i] + other.histogram[i]);
    Arrays.setAll(lowerTails, t -> lowerTails[t] + other.lowerTails[t]);
    Arrays.setAll(upperTails, t -> upperTails[t] + other.upperTails[t]);
    beyond4 += other.beyond4;
    beyond5 += other.beyond5;
    outside += other.outside;
    count += other.count;
    blocks += other.blocks;
    andersonDarling += other.andersonDarling;
  }

  /** Returns what all tests found. */
  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    findings.add(new Finding("support", outside == 0 ? "kept" : "left", outside == 0 ? 1 : 0));
    for (int k = 1; k <= MOMENTS; k++) {
      double expected = law.centralMoment(k);
      double variance = law.centralMoment(2 * k) - expected * expected;
      double z = (powers[k - 1] / count - expected) / Math.sqrt(variance / count);
      findings.add(Finding.ofNormal("moment " + k, z));
    }
    findings.add(kolmogorovSmirnov());
    findings.add(andersonDarling());
    for (int t = 0; t < TAILS.length; t++) {
      findings.add(tail("lower tail of %.0e".formatted(TAILS[t]), lowerTails[t], TAILS[t]));
      findings.add(tail("upper tail of %.0e".formatted(TAILS[t]), upperTails[t], TAILS[t]));
    }
    if (Double.isInfinite(law.high())) {
      findings.add(tail("beyond 4 sigma", beyond4, 2 * law.above(4)));
      findings.add(tail("beyond 5 sigma", beyond5, 2 * law.above(5)));
    }
    for (int l = 0; l < LAGS.length; l++) {
      double z = products[l] / (deviation * deviation * Math.sqrt(pairs[l]));
      findings.add(Finding.ofNormal("lag " + LAGS[l], z));
    }
    return findings;
  }

  private Finding kolmogorovSmirnov() {
    double distance = 0;
    long below = 0;
    for (int i = 0; i < CUTS; i++) {
      below += histogram[i];
      distance = Math.max(distance, Math.abs((double) below / count - (i + 1.0) / CUTS));
    }
    double root = Math.sqrt(count) * distance;
    double p = Math.min(1, 2 * Math.exp(-2 * root * root));
    return new Finding("Kolmogorov-Smirnov", "sqrt(n) D = %.3f".formatted(root), p);
  }

  private Finding andersonDarling() {
    double average = andersonDarling / blocks;
    double p = 1;
    for (double t = -4; t < 0.99; t += 0.01) {
      boolean towards = average > 1 ? t > 0 : t < 0;
      p = towards ? Math.min(p, 2 * Math.exp(blocks * (logMoment(t) - t * average))) : p;
    }
    return new Finding("Anderson-Darling", "mean A^2 = %.3f".formatted(average), p);
  }

  /** Returns log E exp(t A^2). */
  private static double logMoment(double t) {
    double sum = 0;
    for (double j = 1; j <= 10_000; j++) {
      sum -= 0.5 * Math.log1p(-2 * t / (j * (j + 1)));
    }
    return sum;
  }

  private Finding tail(String name, long found, double probability) {
    BinomialDistribution binomial = new BinomialDistribution(null, (int) count, probability);
    double atMost = binomial.cumulativeProbability((int) found);
    double atLeast = 1 - binomial.cumulativeProbability((int) found - 1);
    double p = Math.min(1, 2 * Math.min(atMost, atLeast));
    return new Finding(name, "%d of %.1f".formatted(found, count * probability), p);
  }
}
