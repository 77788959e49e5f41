package dev.kindling.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Spark's classes as a JVM keeps them once they are loaded. Most of what a trial does is to start
 * drivers and executors, and with it they start in half the time; one that does not fit is ignored.
 */
final class ClassArchive {
  private static final Path FILE = Path.of("target/cluster/classes.jsa").toAbsolutePath();
  private static final Path JARS = Path.of("target/spark-home/RELEASE");

  private ClassArchive() {}

  /** Returns the JVM's option that uses it. */
  static String option() {
    return "-XX:SharedArchiveFile=" + FILE;
  }

  /** Writes down what an {@code init} in one JVM has loaded, if that was not done yet. */
  static void make(Path folder, Path config) {
    if (Files.exists(FILE) && isNewerThanJars()) {
      return;
    }
    List<String> arguments =
        Site.initArguments(config, new Store.LocalFiles(folder.toUri()).output("archived"));
    Program driver =
        StandaloneSpark.driver(
            folder,
            "archive",
            Map.of(),
            List.of("-XX:ArchiveClassesAtExit=" + FILE, "-Xlog:cds=off"),
            Map.of("spark.master", "local[1]"),
            arguments);
    if (driver.awaitExit(Duration.ofMinutes(5)) != 0) {
      throw new AssertionError(driver.out() + driver.err());
    }
  }

  private static boolean isNewerThanJars() {
    try {
      return Files.getLastModifiedTime(FILE).compareTo(Files.getLastModifiedTime(JARS)) > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
