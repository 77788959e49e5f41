package dev.kindling.spark;

import dev.kindling.base.ResourceException;
import dev.kindling.calibrate.ChannelGroups;
import dev.kindling.calibrate.OutputMoments;
import dev.kindling.calibrate.SlicedLayer;
import dev.kindling.calibrate.StageMoments;
import dev.kindling.forward.ActivationSession;
import dev.kindling.forward.ForwardEnvironment;
import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.Stage;
import dev.kindling.forward.StageOutput;
import dev.kindling.forward.StageSession;
import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.recipe.PerChannel;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeValues;
import dev.kindling.stats.LayerMoments;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;

/**
 * What a task of a stage needs; broadcast once per stage.
 *
 * @param stage the stage
 * @param recipe the entries that the stage reads, with the scales found so far
 * @param previousScale scale of the previous stage's layer; the one to try where that is the
 *     purpose
 * @param purpose whether the output is measured
 * @param groups channels that are measured together
 */
record StageTask(
    Stage stage, Recipe recipe, PerChannel previousScale, Purpose purpose, ChannelGroups groups)
    implements Serializable {
  /** Largest number of bytes that go from one stage to the next for one micro-batch. */
  static final long MAX_RECORD_BYTES = 256L << 20;

  /** Those of this JVM. */
  static final SharedSessions<StageSession> SESSIONS = new SharedSessions<>(StageSession::close);

  /** What a stage is run for. */
  enum Purpose {
    MEASURE,
    REPLAY,
    TRY_OUT
  }

  /**
   * What the tasks of all stages of a run share; broadcast once, since it holds Hadoop's whole
   * configuration.
   *
   * @param run unique per run
   * @param kernels which kernels to draw with
   * @param pieces where tasks find pieces of factors; its file systems hold kept values
   */
  record Setting(String run, KernelsMode kernels, PieceFolder pieces) implements Serializable {}

  /**
   * Runs one micro-batch after the other, as they are asked for: no two need be in memory.
   *
   * @param processors receives the type of processor; an accumulator is part of the closure, since
   *     one that is broadcast would only know the first task of an executor
   */
  Iterator<StagePart> run(
      Setting setting, CollectionAccumulator<String> processors, Iterator<StagePart> frontier) {
    if (!frontier.hasNext()) {
      return List.<StagePart>of().iterator();
    }
    SharedSessions.Lease<StageSession> lease =
        SESSIONS.lease(
            new SharedSessions.Key(setting.run(), stage.index()), () -> open(setting, processors));
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) task -> lease.close());
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return frontier.hasNext();
      }

      @Override
      public StagePart next() {
        return run(lease.session(), frontier.next());
      }
    };
  }

  /**
   * Runs slices of the layer's weight on what {@link #run} has left of micro-batches; yields parts
   * by micro-batch.
   */
  Iterator<Tuple2<Integer, SlicePart>> runSlices(
      Setting setting, Iterator<Tuple2<Integer, StagePart>> frontier) {
    SliceRuns runs = new SliceRuns(this, setting, frontier);
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) task -> runs.close());
    return runs;
  }

  /** Puts together what all slices have made of a micro-batch. */
  StagePart join(StagePart left, Iterable<SlicePart> parts) {
    List<SlicePart> sorted = new ArrayList<>();
    parts.forEach(sorted::add);
    sorted.sort(Comparator.comparing(SlicePart::slice));
    List<SlicedLayer.Part> inOrder = sorted.stream().map(SlicePart::part).toList();
    MicroBatch next = sliced().next(left.next(), inOrder);
    requireSmall(next);
    return new StagePart(next, new StageMoments(next.index(), sliced().moments(inOrder)));
  }

  /** Returns whether slices have to run at all. */
  boolean needsSlices() {
    return stage.slices().isPresent() && (purpose == Purpose.MEASURE || stage.keepsOutput());
  }

  SlicedLayer sliced() {
    return new SlicedLayer(stage, groups);
  }

  RecipeValues values(Setting setting) {
    PieceFolder pieces = setting.pieces();
    Kernels kernels = ExecutorKernels.load(setting.kernels());
    return new RecipeValues(recipe.seed(), kernels, pieces.hadoop(), pieces.open());
  }

  private StageSession open(Setting setting, CollectionAccumulator<String> processors) {
    ForwardProbe.requireHere();
    processors.add(ForwardEnvironment.cpu());
    return new StageSession(stage, recipe, values(setting));
  }

  private StagePart run(StageSession session, StagePart part) {
    StageOutput output = session.run(part.next(), previousScale);
    requireSmall(output.next());
    return new StagePart(
        output.next(), new StageMoments(part.next().index(), moments(session, output)));
  }

  private void requireSmall(MicroBatch next) {
    if (next.byteCount() > MAX_RECORD_BYTES) {
      throw new ResourceException(
          "Cannot keep what layer '%s' leaves of a micro-batch: it has %d MiB (expected at most %d); lower lsuv.micro-batch"
              .formatted(stage.layer().name(), next.byteCount() >> 20, MAX_RECORD_BYTES >> 20));
    }
  }

  private List<LayerMoments> moments(StageSession session, StageOutput output) {
    return purpose == Purpose.MEASURE && stage.slices().isEmpty()
        ? new OutputMoments(stage.channelAxis(), session.bias(), groups).of(output)
        : List.of();
  }

  /** Measures the activation behind the layer on the frontier that the stage has left. */
  Iterator<StageMoments> tryOut(Setting setting, Iterator<StagePart> frontier) {
    if (!frontier.hasNext()) {
      return List.<StageMoments>of().iterator();
    }
    ActivationSession session = new ActivationSession(stage, recipe, values(setting));
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) task -> session.close());
    OutputMoments measure = new OutputMoments(stage.channelAxis(), new float[0], groups);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return frontier.hasNext();
      }

      @Override
      public StageMoments next() {
        MicroBatch after = frontier.next().next();
        return new StageMoments(after.index(), measure.of(session.run(after, previousScale)));
      }
    };
  }
}
