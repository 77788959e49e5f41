package dev.kindling.spark;

import dev.kindling.base.ResourceException;
import dev.kindling.calibrate.ChannelGroups;
import dev.kindling.calibrate.OutputMoments;
import dev.kindling.calibrate.StageMoments;
import dev.kindling.forward.ActivationSession;
import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.Stage;
import dev.kindling.forward.StageOutput;
import dev.kindling.forward.StageSession;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.recipe.PerChannel;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeValues;
import dev.kindling.stats.LayerMoments;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * What a task of a stage needs; broadcast once per stage.
 *
 * @param run unique per run
 * @param stage the stage
 * @param recipe the entries that the stage reads, with the scales found so far
 * @param previousScale scale of the previous stage's layer; the one to try where that is the
 *     purpose
 * @param purpose whether the output is measured
 * @param groups channels that are measured together
 * @param kernels which kernels to draw with
 * @param pieces where tasks find pieces of factors; its file systems hold kept values
 */
record StageTask(
    String run,
    Stage stage,
    Recipe recipe,
    PerChannel previousScale,
    Purpose purpose,
    ChannelGroups groups,
    KernelsMode kernels,
    PieceFolder pieces)
    implements Serializable {
  /** Largest number of bytes that go from one stage to the next for one micro-batch. */
  static final long MAX_RECORD_BYTES = 256L << 20;

  /** What a stage is run for. */
  enum Purpose {
    MEASURE,
    REPLAY,
    TRY_OUT
  }

  /** Runs one micro-batch after the other, as they are asked for: no two need be in memory. */
  Iterator<StagePart> run(Iterator<StagePart> frontier) {
    if (!frontier.hasNext()) {
      return List.<StagePart>of().iterator();
    }
    StageSessions.Lease lease =
        StageSessions.lease(new StageSessions.Key(run, stage.index()), this::open);
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

  private StagePart run(StageSession session, StagePart part) {
    StageOutput output = session.run(part.next(), previousScale);
    if (output.next().byteCount() > MAX_RECORD_BYTES) {
      throw new ResourceException(
          "Cannot keep what layer '%s' leaves of a micro-batch: it has %d MiB (expected at most %d); lower lsuv.micro-batch"
              .formatted(
                  stage.layer().name(), output.next().byteCount() >> 20, MAX_RECORD_BYTES >> 20));
    }
    return new StagePart(
        output.next(), new StageMoments(part.next().index(), moments(session, output)));
  }

  private List<LayerMoments> moments(StageSession session, StageOutput output) {
    return switch (purpose) {
      case MEASURE -> new OutputMoments(stage.channelAxis(), session.bias(), groups).of(output);
      case REPLAY, TRY_OUT -> List.of();
    };
  }

  private StageSession open() {
    return new StageSession(stage, recipe, values());
  }

  /** Measures the activation behind the layer on the frontier that the stage has left. */
  Iterator<StageMoments> tryOut(Iterator<StagePart> frontier) {
    if (!frontier.hasNext()) {
      return List.<StageMoments>of().iterator();
    }
    ActivationSession session = new ActivationSession(stage, recipe, values());
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

  private RecipeValues values() {
    return new RecipeValues(
        recipe.seed(), ExecutorKernels.load(kernels), pieces.hadoop(), pieces.open());
  }
}
