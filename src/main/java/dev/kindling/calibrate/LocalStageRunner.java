package dev.kindling.calibrate;

import dev.kindling.forward.ActivationSession;
import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.SliceSession;
import dev.kindling.forward.Stage;
import dev.kindling.forward.StageOutput;
import dev.kindling.forward.StageSession;
import dev.kindling.recipe.PerChannel;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.TensorValues;
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
  public List<StageMoments> run(
      Stage stage, Recipe recipe, PerChannel previousScale, ChannelGroups groups) {
    List<StageMoments> moments = new ArrayList<>();
    List<MicroBatch> next = new ArrayList<>();
    try (StageSession session = new StageSession(stage, recipe, values)) {
      OutputMoments measure = new OutputMoments(stage.channelAxis(), session.bias(), groups);
      for (MicroBatch microBatch : frontier) {
        StageOutput output = session.run(microBatch, previousScale);
        if (stage.slices().isEmpty()) {
          moments.add(new StageMoments(microBatch.index(), measure.of(output)));
        }
        next.add(output.next());
      }
    }
    frontier = next;
    return stage.slices().isPresent() ? runSlices(stage, recipe, groups) : moments;
  }

  private List<StageMoments> runSlices(Stage stage, Recipe recipe, ChannelGroups groups) {
    SlicedLayer layer = new SlicedLayer(stage, groups);
    List<List<SlicedLayer.Part>> parts = new ArrayList<>();
    frontier.forEach(left -> parts.add(new ArrayList<>()));
    for (int slice = 0; slice < stage.slices().orElseThrow().count(); slice++) {
      try (SliceSession session = new SliceSession(stage, slice, recipe, values)) {
        for (int i = 0; i < frontier.size(); i++) {
          parts.get(i).add(layer.run(session, slice, frontier.get(i)));
        }
      }
    }
    List<StageMoments> moments = new ArrayList<>();
    List<MicroBatch> next = new ArrayList<>();
    for (int i = 0; i < frontier.size(); i++) {
      moments.add(new StageMoments(frontier.get(i).index(), layer.moments(parts.get(i))));
      next.add(layer.next(frontier.get(i), parts.get(i)));
    }
    frontier = next;
    return moments;
  }

  @Override
  public void replay(Stage stage, Recipe recipe, PerChannel previousScale) {
    run(stage, recipe, previousScale, ChannelGroups.TOGETHER);
  }

  @Override
  public List<StageMoments> tryOut(
      Stage stage, Recipe recipe, PerChannel scale, ChannelGroups groups) {
    List<StageMoments> moments = new ArrayList<>();
    try (ActivationSession session = new ActivationSession(stage, recipe, values)) {
      OutputMoments measure = new OutputMoments(stage.channelAxis(), new float[0], groups);
      for (MicroBatch microBatch : frontier) {
        moments.add(
            new StageMoments(microBatch.index(), measure.of(session.run(microBatch, scale))));
      }
    }
    return moments;
  }

  @Override
  public void close() {
    frontier = List.of();
  }
}
