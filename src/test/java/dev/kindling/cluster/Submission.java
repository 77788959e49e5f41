package dev.kindling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A command that runs on a cluster.
 *
 * @param spark the cluster
 * @param driver its driver
 */
record Submission(StandaloneSpark spark, Program driver) {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** The JVM's remark on its vector module, progress, and Spark's on executors that were lost. */
  private static final Pattern NO_PROBLEM =
      Pattern.compile(
          "^WARNING: Using incubator|^(Wrote|Verified|Computed) \\d+ of |TaskSchedulerImpl: Lost executor");

  /** Waits until it has ended as it should, and returns what it printed. */
  String isDone() {
    int code = driver.awaitExit(PATIENCE);
    assertThat(code).as("%s%s", driver.out(), driver.err()).isZero();
    return driver.out();
  }

  /** Waits until it has ended with a code and one line, and returns the line. */
  String isRefused(int expected) {
    int code = driver.awaitExit(PATIENCE);
    assertThat(code).as("%s%s", driver.out(), driver.err()).isEqualTo(expected);
    List<String> lines =
        driver.err().lines().filter(line -> !NO_PROBLEM.matcher(line).find()).toList();
    assertThat(lines).hasSize(1);
    return lines.get(0);
  }

  /** Waits until all executors of the cluster are gone, so that none can write any more. */
  void awaitNoExecutors() {
    Program.await(() -> spark.executors().isEmpty());
  }
}
