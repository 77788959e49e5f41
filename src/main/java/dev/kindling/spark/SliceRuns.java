package dev.kindling.spark;

import dev.kindling.calibrate.SlicedLayer;
import dev.kindling.forward.SliceSession;
import java.util.Iterator;
import scala.Tuple2;

/**
 * Runs a slice of a layer's weight on one micro-batch after the other, each with the slice's number
 * before it. The weight is generated when the first one is asked for.
 */
final class SliceRuns implements Iterator<Tuple2<Integer, SlicePart>>, AutoCloseable {
  private final StageTask task;
  private final StageTask.Setting setting;
  private final Iterator<Tuple2<Integer, StagePart>> frontier;
  private SliceSession session;
  private int open = -1;

  SliceRuns(
      StageTask task, StageTask.Setting setting, Iterator<Tuple2<Integer, StagePart>> frontier) {
    this.task = task;
    this.setting = setting;
    this.frontier = frontier;
  }

  @Override
  public boolean hasNext() {
    return frontier.hasNext();
  }

  @Override
  public Tuple2<Integer, SlicePart> next() {
    Tuple2<Integer, StagePart> next = frontier.next();
    int slice = next._1();
    SlicedLayer.Part part = task.sliced().run(session(slice), slice, next._2().next());
    return new Tuple2<>(next._2().next().index(), new SlicePart(slice, part));
  }

  private SliceSession session(int slice) {
    if (slice != open) {
      close();
      session = new SliceSession(task.stage(), slice, task.recipe(), task.values(setting));
      open = slice;
    }
    return session;
  }

  @Override
  public void close() {
    if (session != null) {
      session.close();
      session = null;
      open = -1;
    }
  }
}
