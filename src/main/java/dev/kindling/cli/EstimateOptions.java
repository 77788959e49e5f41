package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.checkpoint.CheckpointLayout;
import dev.kindling.checkpoint.estimate.Estimate;
import dev.kindling.checkpoint.estimate.Machines;
import dev.kindling.cli.TextTable.Column;
import dev.kindling.recipe.Recipe;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** For which machines a plan tells how long the commands take. */
final class EstimateOptions {
  private static final List<Column> COLUMNS =
      List.of(
          Column.left("command"),
          Column.right("in all"),
          Column.left("bound by"),
          Column.right("driver"),
          Column.right("scheduler"),
          Column.right("processors"),
          Column.right("longest task"),
          Column.right("disk"));

  @Option(
      names = "--executors",
      paramLabel = "N",
      description =
          "Also estimates how long init, verify and lsuv take on so many executors; needs --disk-gbps.")
  private Optional<Integer> executors = Optional.empty();

  @Option(names = "--cores", paramLabel = "C", description = "Cores of each executor. Default: 1.")
  private Optional<Integer> cores = Optional.empty();

  @Option(
      names = "--disk-gbps",
      paramLabel = "X",
      description =
          "GB/s (10^9 bytes) that one executor writes to the output while all of them do, replicas and network included.")
  private Optional<Double> disk = Optional.empty();

  @Option(
      names = "--forward-seconds",
      paramLabel = "S",
      description =
          "Processor time of one plain forward pass of all rows of lsuv.batch; without it lsuv is estimated without its forward passes.")
  private Optional<Double> forward = Optional.empty();

  /**
   * Returns the machines, or nothing if no estimate is asked for.
   *
   * @throws ConfigurationException if one number is missing or makes no sense
   */
  Optional<Machines> machines() {
    if (executors.isEmpty() && disk.isEmpty() && cores.isEmpty() && forward.isEmpty()) {
      return Optional.empty();
    }
    if (executors.isEmpty() || disk.isEmpty()) {
      throw new ConfigurationException(
          "Cannot estimate: %s is missing (expected for example --executors 8 --disk-gbps 0.5)"
              .formatted(executors.isEmpty() ? "--executors" : "--disk-gbps"));
    }
    if (forward.isPresent() && !(forward.get() > 0 && forward.get() < Double.POSITIVE_INFINITY)) {
      throw new ConfigurationException(
          "Cannot estimate: --forward-seconds is not positive and finite: " + forward.get());
    }
    try {
      return Optional.of(new Machines(executors.get(), cores.orElse(1), disk.get() * 1e9));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("Cannot estimate: " + e.getMessage());
    }
  }

  /**
   * Prints the estimate.
   *
   * @param layers layers that are calibrated, 0 if the plan is for init
   */
  void print(
      Recipe recipe, CheckpointLayout layout, Machines machines, int layers, PrintWriter out) {
    Estimate estimate = Estimate.of(recipe, layout, machines);
    out.printf(
        Locale.ROOT,
        "%nEstimate for %,d %s of %,d %s, %.2f GB a second each: %s in %,d %s%n",
        machines.executors(),
        machines.executors() == 1 ? "executor" : "executors",
        machines.cores(),
        machines.cores() == 1 ? "core" : "cores",
        machines.diskBytesPerSecond() / 1e9,
        ByteSize.format(estimate.bytes()),
        estimate.tasks(),
        estimate.tasks() == 1 ? "shard" : "shards");
    printJobs(estimate, out);
    if (layers > 0) {
      printCalibration(estimate, layers, out);
    }
    if (!estimate.isWhole()) {
      out.printf("without polar factors, whose cost is not known%n");
    }
  }

  private static void printJobs(Estimate estimate, PrintWriter out) {
    List<List<String>> rows =
        List.of(row("init", estimate.init()), row("verify", estimate.verify()));
    TextTable table = TextTable.fitting(COLUMNS, rows);
    out.printf("%n%s%n", table.header());
    rows.forEach(row -> out.println(table.row(row)));
  }

  private static List<String> row(String command, Estimate.Job job) {
    return List.of(
        command,
        time(job.seconds()),
        words(job.bound()),
        time(job.driver()),
        time(job.scheduler()),
        time(job.processors()),
        time(job.longestTask()),
        time(job.disk()));
  }

  private void printCalibration(Estimate estimate, int layers, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "lsuv takes %s more than init: %,d layers; each executor draws all weights in %s;%n     %s%n",
        time(estimate.calibrationSeconds(layers, forward.orElse(0.0))),
        layers,
        time(estimate.weightSeconds()),
        forward.isPresent()
            ? "forward passes are in it"
            : "forward passes are not in it (--forward-seconds)");
  }

  private static String words(Estimate.Bound bound) {
    return switch (bound) {
      case DRIVER -> "the driver";
      case SCHEDULER -> "the scheduler";
      case PROCESSORS -> "the processors";
      case LONGEST_TASK -> "the longest task";
      case DISK -> "the disks";
    };
  }

  /** Two digits: an estimate is no better. */
  private static String time(double seconds) {
    if (seconds < 120) {
      return String.format(Locale.ROOT, seconds < 10 ? "%.1f s" : "%.0f s", seconds);
    }
    return seconds < 7200
        ? String.format(Locale.ROOT, "%.0f min", seconds / 60)
        : String.format(Locale.ROOT, "%,.1f h", seconds / 3600);
  }
}
