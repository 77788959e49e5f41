package dev.kindling.cluster;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How often what chance decides is tried, and where. */
final class Trials {
  private Trials() {}

  /** Returns the file systems to try, all unless {@code -Dstores=FILE,HDFS,S3A} names some. */
  static List<Store.Kind> stores() {
    return Stream.of(System.getProperty("stores", "FILE,HDFS,S3A").split(",", -1))
        .map(Store.Kind::valueOf)
        .toList();
  }

  /**
   * Returns the seeds 0, 1, ... of trials.
   *
   * @param least how many there are unless {@code -Dtrials=N} asks for more or fewer
   */
  static int[] seeds(int least) {
    return IntStream.range(0, Integer.getInteger("trials", least)).toArray();
  }
}
