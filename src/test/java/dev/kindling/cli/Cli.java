package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;

/** Runs commands in this JVM, each with a Spark of its own that is strict with Kryo. */
final class Cli {
  private static final Map<String, String> SPARK =
      Map.of(
          "spark.master", "local[2]",
          "spark.ui.enabled", "false",
          "spark.serializer", "org.apache.spark.serializer.KryoSerializer",
          "spark.kryo.registrationRequired", "true",
          "spark.sql.files.maxPartitionBytes", "4MB",
          "spark.sql.files.openCostInBytes", "4MB");

  private Cli() {}

  /** What a command left. */
  record Result(int code, String out, String err) {
    /** Checks that the command was refused with these lines and nothing else. */
    void isRefused(int exitCode, String... lines) {
      assertThat(err.lines().toList()).containsExactly(lines);
      assertThat(code).isEqualTo(exitCode);
    }

    Result isDone() {
      assertThat(code).as(err).isZero();
      return this;
    }

    List<String> lines() {
      return out.lines().toList();
    }
  }

  static Result run(String... arguments) {
    return run(Map.of(), arguments);
  }

  /** Runs a command with further settings of Spark. */
  static Result run(Map<String, String> settings, String... arguments) {
    stopSpark();
    Map<String, String> properties = new TreeMap<>(SPARK);
    properties.putAll(settings);
    properties.forEach(System::setProperty);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    try {
      int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
      return new Result(code, out.toString(), err.toString());
    } finally {
      properties.keySet().forEach(System::clearProperty);
    }
  }

  /** Returns the digest that {@code inspect} prints. */
  static String digest(String folder) {
    return run("inspect", folder, "--digest").isDone().out().trim();
  }

  /** Ends what another test may have left running, since it would be used instead of a new one. */
  private static void stopSpark() {
    scala.Option<SparkSession> running = SparkSession.getDefaultSession();
    if (running.isDefined()) {
      running.get().stop();
    }
  }
}
