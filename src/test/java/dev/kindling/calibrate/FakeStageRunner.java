package dev.kindling.calibrate;

import dev.kindling.forward.Stage;
import dev.kindling.recipe.PerChannel;
import dev.kindling.recipe.Recipe;
import dev.kindling.stats.LayerMoments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Answers with given moments per layer and notes what it was asked. */
final class FakeStageRunner implements StageRunner {
  private final Map<String, List<StageMoments>> moments;
  final List<Call> calls = new ArrayList<>();

  FakeStageRunner(Map<String, List<StageMoments>> moments) {
    this.moments = moments;
  }

  /** Answers with the moments of a single micro-batch per layer. */
  static FakeStageRunner ofOne(Map<String, LayerMoments> moments) {
    Map<String, List<StageMoments>> single = new TreeMap<>();
    moments.forEach((layer, all) -> single.put(layer, List.of(new StageMoments(0, List.of(all)))));
    return new FakeStageRunner(single);
  }

  @Override
  public List<StageMoments> run(
      Stage stage, Recipe recipe, PerChannel previousScale, ChannelGroups groups) {
    calls.add(new Call(stage.layer().name(), recipe, previousScale));
    return moments.get(stage.layer().name());
  }

  @Override
  public void replay(Stage stage, Recipe recipe, PerChannel previousScale) {
    calls.add(new Call(stage.layer().name() + " again", recipe, previousScale));
  }

  @Override
  public List<StageMoments> tryOut(
      Stage stage, Recipe recipe, PerChannel scale, ChannelGroups groups) {
    throw new IllegalStateException("no stage here has an activation");
  }

  @Override
  public void close() {
    calls.clear();
  }

  record Call(String layer, Recipe recipe, PerChannel previousScale) {}
}
