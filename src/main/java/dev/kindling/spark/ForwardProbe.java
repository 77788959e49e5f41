package dev.kindling.spark;

import dev.kindling.base.ConfigurationException;
import dev.kindling.forward.ForwardEnvironment;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;

/** Asks the driver and executors whether they can run stages, before they have to. */
final class ForwardProbe {
  private ForwardProbe() {}

  /**
   * Returns if the driver and the executors at hand can. Those that come later ask themselves.
   *
   * @throws ConfigurationException if ONNX Runtime cannot be loaded somewhere
   */
  static void require(JavaSparkContext context) {
    requireHere();
    int tasks = context.defaultParallelism();
    List<Integer> numbers = IntStream.range(0, tasks).boxed().toList();
    context.setJobDescription("lsuv: ONNX Runtime");
    SparkFailures.explained(
        () -> context.parallelize(numbers, tasks).filter(number -> requireHere()).count());
  }

  /** The same for this JVM; always true. */
  static boolean requireHere() {
    ForwardEnvironment.obstacle()
        .ifPresent(
            reason -> {
              throw new ConfigurationException(
                  "Cannot run stages on %s: ONNX Runtime's library cannot be loaded: %s (it needs glibc, and a java.io.tmpdir that programs may be run from)"
                      .formatted(place(), reason.lines().findFirst().orElse("")));
            });
    return true;
  }

  private static String place() {
    String executor = SparkEnv.get().executorId();
    return executor.equals("driver")
        ? "the driver"
        : "executor %s (%s)"
            .formatted(executor, SparkEnv.get().blockManager().blockManagerId().host());
  }
}
