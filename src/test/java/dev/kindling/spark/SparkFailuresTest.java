package dev.kindling.spark;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.ResourceException;
import java.io.IOException;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparkFailuresTest {
  private static final String ABORTED =
      "Job aborted due to stage failure: Task 0 in stage 1.0 failed 4 times, most recent failure: Lost task 0.3 in stage 1.0 (TID 5) (10.0.0.1 executor 4): ";

  /** As a standalone master, YARN and Kubernetes report it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ExecutorLostFailure (executor 4 exited caused by one of the running tasks) Reason: Command exited with code 52 | give --executor-memory more",
        "java.lang.OutOfMemoryError: Java heap space | give --executor-memory more",
        "java.util.concurrent.RejectedExecutionException: Task org.apache.spark.executor.Executor$TaskRunner@7bf2be62 rejected from java.util.concurrent.ThreadPoolExecutor@443675b0[Shutting down] | most likely out of memory; give --executor-memory more",
        "ExecutorLostFailure (executor 4 exited) Reason: Container from a bad node: container_1 on host: a. Exit status: 143. Killed by YARN for exceeding physical memory limits | give spark.executor.memoryOverhead more",
        "ExecutorLostFailure (executor 4 exited) Reason: The executor with id 4 exited with exit code 137(SIGKILL, possible container OOM) | give spark.executor.memoryOverhead more"
      })
  void saysWhichMemoryIsShort(String reason, String advice) {
    assertThatThrownBy(
            () -> SparkFailures.explained(() -> failing(new SparkException(ABORTED + reason))))
        .isInstanceOf(ResourceException.class)
        .hasMessageContaining(advice);
  }

  @Test
  void doesNotTakeOtherCodesForMemory() {
    String reason = "ExecutorLostFailure (executor 4 exited) Reason: Command exited with code 520";
    assertThatThrownBy(
            () -> SparkFailures.explained(() -> failing(new SparkException(ABORTED + reason))))
        .isInstanceOf(ResourceException.class)
        .hasMessage("Cannot finish: " + ABORTED + reason);
  }

  @Test
  void passesOnWhatTasksSaid() {
    ConfigurationException said = new ConfigurationException("no such thing");
    assertThatThrownBy(
            () -> SparkFailures.explained(() -> failing(new SparkException(ABORTED, said))))
        .isSameAs(said);
    assertThatThrownBy(
            () ->
                SparkFailures.explained(
                    () -> failing(new SparkException(ABORTED, new IOException("disk is full")))))
        .isInstanceOf(ResourceException.class)
        .hasMessage("Cannot finish: disk is full");
  }

  /** Scala's methods declare no checked exceptions, Spark's throw them all the same. */
  private static Object failing(Exception e) {
    return SparkFailuresTest.<RuntimeException>sneak(e);
  }

  @SuppressWarnings("unchecked")
  private static <E extends Exception> Object sneak(Exception e) throws E {
    throw (E) e;
  }
}
