package dev.kindling.spark;

import java.util.function.Consumer;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Says now and then how many shards are done. */
final class ShardProgress extends SparkListener {
  private static final long PAUSE_NANOS = 5_000_000_000L;

  private final String verb;
  private final int shards;
  private final Consumer<String> lines;
  private int done;
  private long lastNanos = System.nanoTime();

  /**
   * Starts to count.
   *
   * @param verb what is done to a shard, such as {@code Wrote}
   * @param shards how many there are
   * @param lines receives a line every few seconds
   */
  ShardProgress(String verb, int shards, Consumer<String> lines) {
    this.verb = verb;
    this.shards = shards;
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
    if (now - lastNanos >= PAUSE_NANOS && done < shards) {
      lastNanos = now;
      lines.accept("%s %d of %d shards".formatted(verb, done, shards));
    }
  }
}
