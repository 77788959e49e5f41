package dev.kindling.spark;

import dev.kindling.base.InputException;
import dev.kindling.base.ResourceException;
import dev.kindling.base.UserException;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkException;

/**
 * Tells failures of a cluster from our own. What a task threw arrives as the cause of Spark's
 * exception; where there is no such cause, executors were lost or could not be had.
 */
final class SparkFailures {
  /** An executor whose heap was full; 52 is Spark's own exit code for that. */
  private static final Pattern HEAP_FULL =
      Pattern.compile("exited with code 52\\b|exit code:? 52\\b|java\\.lang\\.OutOfMemoryError");

  /** One that the system or its container's keeper has killed, which is what they do then. */
  private static final Pattern KILLED =
      Pattern.compile(
          "exited with code 137\\b|exit code:? 137\\b|OOMKilled|exceeding (?:physical |virtual )?memory");

  /** One that was already ending when it got the task that is named; the ones before it matter. */
  private static final Pattern ENDING =
      Pattern.compile(
          "RejectedExecutionException: Task org\\.apache\\.spark\\.executor\\.Executor");

  private SparkFailures() {}

  /**
   * Returns what {@code job} returns.
   *
   * @throws UserException what a task threw of that kind, as it was
   * @throws InputException if data could not be read
   * @throws ResourceException if a file system failed in a task, or the cluster did
   */
  static <T> T explained(Supplier<T> job) {
    try {
      return job.get();
    } catch (Exception e) {
      throw translated(e);
    }
  }

  private static RuntimeException translated(Exception e) {
    Optional<UserException> known = first(e, UserException.class);
    if (known.isPresent()) {
      return known.get();
    }
    if (causes(e).anyMatch(Datasets::isOfTheData)) {
      return new InputException("Cannot read data: " + line(last(e)), e);
    }
    Optional<IOException> files = first(e, IOException.class);
    if (files.isPresent()) {
      return new ResourceException("Cannot finish: " + line(files.get()), e);
    }
    if (says(e, HEAP_FULL)) {
      return new ResourceException(
          "Cannot finish: an executor ran out of memory; give --executor-memory more (embedded: --driver-memory), or lsuv.micro-batch less",
          e);
    }
    if (says(e, KILLED)) {
      return new ResourceException(
          "Cannot finish: executors were killed, as happens to those that take more memory than they have been given; give spark.executor.memoryOverhead more",
          e);
    }
    if (says(e, ENDING)) {
      return new ResourceException(
          "Cannot finish: executors ended as tasks reached them, most likely out of memory; give --executor-memory more (embedded: --driver-memory), or lsuv.micro-batch less",
          e);
    }
    if (causes(e).allMatch(SparkException.class::isInstance)) {
      return new ResourceException("Cannot finish: " + line(e), e);
    }
    return e instanceof RuntimeException ours ? ours : new IllegalStateException(e);
  }

  private static boolean says(Throwable e, Pattern pattern) {
    return causes(e).anyMatch(cause -> pattern.matcher(String.valueOf(cause)).find());
  }

  private static <T> Optional<T> first(Throwable e, Class<T> type) {
    return causes(e).filter(type::isInstance).map(type::cast).findFirst();
  }

  private static Stream<Throwable> causes(Throwable throwable) {
    return Stream.iterate(throwable, cause -> cause != null, Throwable::getCause);
  }

  private static Throwable last(Throwable e) {
    return causes(e).reduce(e, (before, cause) -> cause);
  }

  private static String line(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
  }
}
