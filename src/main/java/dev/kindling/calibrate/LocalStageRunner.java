package dev.kindling.calibrate;

import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.Stage;
import dev.kindling.forward.StageOutput;
import dev.kindling.forward.StageSession;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.TensorValues;
import dev.kindling.stats.LayerMoments;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs stages in this JVM, one micro-batch after the other: the definition that distributed runners
 * must equal.
 */
public final class LocalStageRunner implements StageRunner {
  private final TensorValues values;
  private List<MicroBatch> frontier;

  /**
   * Starts with a sample.
   *
   * @param sample micro-batches in the order of their index
   * @param values computes the weights of the recipes given to {@link #run}
   */
  public LocalStageRunner(List<MicroBatch> sample, TensorValues values) {
    this.frontier = List.copyOf(sample);
    this.values = values;
  }

  @Override
  public LayerMoments run(Stage stage, Recipe recipe, double previousScale) {
    LayerMoments moments = LayerMoments.NONE;
    List<MicroBatch> next = new ArrayList<>();
    try (StageSession session = new StageSession(stage, recipe, values)) {
      for (MicroBatch microBatch : frontier) {
        StageOutput output = session.run(microBatch, (float) previousScale);
        moments = moments.merge(OutputMoments.of(output, stage.channelAxis(), session.bias()));
        next.add(output.next());
      }
    }
    frontier = next;
    return moments;
  }

  @Override
  public void close() {
    frontier = List.of();
  }
}
