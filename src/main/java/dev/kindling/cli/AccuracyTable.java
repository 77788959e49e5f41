package dev.kindling.cli;

import dev.kindling.spark.ProxyJob.Accuracies;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Prints what came out of a proxy: a line per seed, mean and spread, and who is ahead. */
final class AccuracyTable {
  private static final String ROW = "%-8s  %10s  %10s  %10s  %14s  %14s%n";

  private final int compared;
  private final PrintWriter out;

  AccuracyTable(int compared, PrintWriter out) {
    this.compared = compared;
    this.out = out;
  }

  void printHeader(int testRows) {
    out.printf(Locale.ROOT, "Accuracy on %d fresh rows%n%n", testRows);
    out.printf(
        Locale.ROOT,
        ROW,
        "seed",
        "proxy",
        "widened",
        "expanded",
        "standard +" + compared,
        "expanded +" + compared);
    out.flush();
  }

  void print(Accuracies seed) {
    print(
        Long.toString(seed.seed()),
        List.of(seed.proxy(), seed.exact(), seed.expanded(), seed.standard(), seed.trained()));
  }

  /** Prints mean and standard deviation over seeds, and the difference of the two starts. */
  void printSpread(List<Accuracies> seeds) {
    if (seeds.size() > 1) {
      List<ToDoubleFunction<Accuracies>> columns =
          List.of(
              Accuracies::proxy,
              Accuracies::exact,
              Accuracies::expanded,
              Accuracies::standard,
              Accuracies::trained);
      print("mean", columns.stream().map(column -> mean(seeds, column)).toList());
      print("std", columns.stream().map(column -> std(seeds, column)).toList());
    }
    long ahead = seeds.stream().filter(it -> it.trained() > it.standard()).count();
    out.printf(
        Locale.ROOT,
        "%nAfter %d iterations the expanded start is ahead of the standard start in %d of %d seeds, by %.2f points on average%s%n",
        compared,
        ahead,
        seeds.size(),
        100 * mean(seeds, it -> it.trained() - it.standard()),
        seeds.size() > 1
            ? " (standard deviation %.2f)"
                .formatted(100 * std(seeds, it -> it.trained() - it.standard()))
            : "");
    out.flush();
  }

  private void print(String name, List<Double> shares) {
    List<String> cells =
        shares.stream().map(share -> String.format(Locale.ROOT, "%.2f%%", 100 * share)).toList();
    out.printf(ROW, name, cells.get(0), cells.get(1), cells.get(2), cells.get(3), cells.get(4));
    out.flush();
  }

  private static double mean(List<Accuracies> seeds, ToDoubleFunction<Accuracies> column) {
    return seeds.stream().mapToDouble(column).sum() / seeds.size();
  }

  private static double std(List<Accuracies> seeds, ToDoubleFunction<Accuracies> column) {
    double mean = mean(seeds, column);
    double squares = seeds.stream().mapToDouble(column).map(x -> (x - mean) * (x - mean)).sum();
    return Math.sqrt(squares / (seeds.size() - 1));
  }
}
