package dev.kindling.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What the trials of a class share: a standalone Spark of two workers and a file system, which stay
 * while commands come and go.
 *
 * @param folder for configurations, logs and whatever the programs keep
 * @param spark the cluster
 * @param store the file system of checkpoints
 */
record Site<S extends Store>(Path folder, StandaloneSpark spark, S store) implements AutoCloseable {
  /** Starts one in an empty folder. */
  static <S extends Store> Site<S> start(Path folder, Function<Path, S> store) {
    StandaloneSpark spark = StandaloneSpark.start(StandaloneSpark.folder(folder, "spark"), 2);
    return new Site<>(folder, spark, store.apply(StandaloneSpark.folder(folder, "store")));
  }

  /** Returns a folder of the file system. */
  Output output(String name) {
    return store.output(name);
  }

  /**
   * Starts a command that reaches the file system.
   *
   * @param settings Spark's beyond that
   */
  Submission submit(Map<String, String> settings, List<String> arguments) {
    Map<String, String> all = new TreeMap<>(store.spark());
    all.putAll(settings);
    return spark.submit(all, arguments.toArray(String[]::new));
  }

  /** Starts an {@code init} with scalar kernels. */
  Submission init(Path config, Output out, Map<String, String> settings, String... options) {
    return submit(settings, initArguments(config, out, options));
  }

  /** Returns the command line of such an {@code init}. */
  static List<String> initArguments(Path config, Output out, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of("init", config.toString(), "--out", out.uri(), "--kernels", "scalar"));
    arguments.addAll(Arrays.asList(options));
    return arguments;
  }

  @Override
  public void close() {
    store.close();
    spark.close();
  }
}
