package dev.kindling.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How often what chance decides is tried, and where; and a line of each trial. */
final class Trials {
  private static final Path LOG = Path.of("target/cluster-trials.txt");

  private Trials() {}

  /** Returns the file systems to try, all unless {@code -Dstores=FILE,HDFS,S3A} names some. */
  static List<Store.Kind> stores() {
    return Stream.of(System.getProperty("stores", "FILE,HDFS,S3A").split(",", -1))
        .map(Store.Kind::valueOf)
        .toList();
  }

  /**
   * Returns the seeds of trials, {@code first}, first + 1, ...
   *
   * @param least how many there are unless {@code -Dtrials=N} asks for more or fewer; {@code
   *     -Dfirst=N} begins elsewhere than with 0
   */
  static int[] seeds(int least) {
    int first = Integer.getInteger("first", 0);
    return IntStream.range(first, first + Integer.getInteger("trials", least)).toArray();
  }

  /** Runs what is left of a trial, and notes in {@code target/cluster-trials.txt} how it ended. */
  static void run(String trial, Runnable rest) {
    long begin = System.nanoTime();
    String result = "FAILED";
    try {
      rest.run();
      result = "held";
    } finally {
      long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
      note("%s: %s after %d s%n".formatted(trial, result, seconds));
    }
  }

  private static void note(String line) {
    try {
      Files.writeString(LOG, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
