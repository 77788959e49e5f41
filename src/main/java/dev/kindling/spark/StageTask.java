package dev.kindling.spark;

import dev.kindling.base.ResourceException;
import dev.kindling.calibrate.OutputMoments;
import dev.kindling.forward.Stage;
import dev.kindling.forward.StageOutput;
import dev.kindling.forward.StageSession;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeValues;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What a task of a stage needs; broadcast once per stage.
 *
 * @param run unique per run
 * @param stage the stage
 * @param recipe the entries that the stage reads, with the scales found so far
 * @param previousScale scale of the previous stage's layer
 * @param kernels which kernels to draw with
 * @param files reads kept values
 */
record StageTask(
    String run,
    Stage stage,
    Recipe recipe,
    double previousScale,
    KernelsMode kernels,
    HadoopFiles files)
    implements Serializable {
  /** Largest number of bytes that go from one stage to the next for one micro-batch. */
  static final long MAX_RECORD_BYTES = 256L << 20;

  Iterator<StagePart> run(Iterator<StagePart> frontier) {
    List<StagePart> parts = new ArrayList<>();
    StageSessions.Key key = new StageSessions.Key(run, stage.index());
    try (StageSessions.Lease lease = StageSessions.lease(key, this::open)) {
      while (frontier.hasNext()) {
        parts.add(run(lease.session(), frontier.next()));
      }
    }
    return parts.iterator();
  }

  private StagePart run(StageSession session, StagePart part) {
    StageOutput output = session.run(part.next(), (float) previousScale);
    if (output.next().byteCount() > MAX_RECORD_BYTES) {
      throw new ResourceException(
          "Cannot keep what layer '%s' leaves of a micro-batch: it has %d MiB (expected at most %d); lower lsuv.micro-batch"
              .formatted(
                  stage.layer().name(), output.next().byteCount() >> 20, MAX_RECORD_BYTES >> 20));
    }
    return new StagePart(
        output.next(), OutputMoments.of(output, stage.channelAxis(), session.bias()));
  }

  private StageSession open() {
    return new StageSession(
        stage, recipe, new RecipeValues(recipe.seed(), ExecutorKernels.load(kernels), files));
  }
}
