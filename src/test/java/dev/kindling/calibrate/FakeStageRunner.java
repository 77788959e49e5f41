package dev.kindling.calibrate;

import dev.kindling.forward.Stage;
import dev.kindling.recipe.Recipe;
import dev.kindling.stats.LayerMoments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Answers with given moments per layer and notes what it was asked. */
final class FakeStageRunner implements StageRunner {
  private final Map<String, LayerMoments> moments;
  final List<Call> calls = new ArrayList<>();

  FakeStageRunner(Map<String, LayerMoments> moments) {
    this.moments = moments;
  }

  @Override
  public LayerMoments run(Stage stage, Recipe recipe, double previousScale) {
    calls.add(new Call(stage.layer().name(), recipe, previousScale));
    return moments.get(stage.layer().name());
  }

  @Override
  public void close() {
    calls.clear();
  }

  record Call(String layer, Recipe recipe, double previousScale) {}
}
