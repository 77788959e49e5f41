package dev.kindling.spark;

import java.util.function.Consumer;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Says now and then how many tasks are done. */
final class TaskProgress extends SparkListener {
  private static final long PAUSE_NANOS = 5_000_000_000L;

  private final String verb;
  private final int tasks;
  private final String noun;
  private final Consumer<String> lines;
  private int done;
  private long lastNanos = System.nanoTime();

  /**
   * Starts to count.
   *
   * @param verb what a task does, such as {@code Wrote}
   * @param tasks how many there are
   * @param noun what they do it to, such as {@code shards}
   * @param lines receives a line every few seconds
   */
  TaskProgress(String verb, int tasks, String noun, Consumer<String> lines) {
    this.verb = verb;
    this.tasks = tasks;
    this.noun = noun;
    this.lines = lines;
  }

  /** Called by one thread of Spark's, so nothing needs a lock. */
  @Override
  public void onTaskEnd(SparkListenerTaskEnd task) {
    if (task.reason() != Success$.MODULE$) {
      return;
    }
    done++;
    long now = System.nanoTime();
    if (now - lastNanos >= PAUSE_NANOS && done < tasks) {
      lastNanos = now;
      lines.accept("%s %d of %d %s".formatted(verb, done, tasks, noun));
    }
  }
}
