package dev.kindling.spark;

import dev.kindling.calibrate.StageMoments;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import scala.collection.Iterator;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/**
 * The job of a stage: the moments of a frontier's micro-batches. A class and no lambda, since Spark
 * reads the byte code of a lambda and of those around it each time, which costs more than the rest
 * of a small job.
 */
final class MomentsJob extends AbstractFunction2<TaskContext, Iterator<StagePart>, StageMoments[]>
    implements Serializable {
  private static final long serialVersionUID = 1L;

  private MomentsJob() {}

  /** Returns the moments in the order of micro-batches. */
  static List<StageMoments> run(JavaRDD<StagePart> frontier) {
    Results results = new Results();
    frontier
        .context()
        .runJob(
            frontier.rdd(),
            new MomentsJob(),
            results,
            ClassTag$.MODULE$.apply(StageMoments[].class));
    results.moments.sort(Comparator.comparing(StageMoments::microBatch));
    return results.moments;
  }

  @Override
  public StageMoments[] apply(TaskContext task, Iterator<StagePart> parts) {
    List<StageMoments> moments = new ArrayList<>();
    while (parts.hasNext()) {
      moments.add(parts.next().moments());
    }
    return moments.toArray(StageMoments[]::new);
  }

  /** Receives what partitions give, one after the other. */
  private static final class Results extends AbstractFunction2<Object, StageMoments[], BoxedUnit> {
    private final List<StageMoments> moments = new ArrayList<>();

    @Override
    public BoxedUnit apply(Object partition, StageMoments[] found) {
      moments.addAll(List.of(found));
      return BoxedUnit.UNIT;
    }
  }
}
