package dev.kindling.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.kindling.forward.ChannelAxis;
import dev.kindling.forward.Stage;
import dev.kindling.forward.StagePlan;
import dev.kindling.model.Layer;
import dev.kindling.recipe.Recipe;
import dev.kindling.stats.LayerMoments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LsuvTest {
  private static final Recipe BASE = Recipes.of("a.weight", "b.weight", "c.weight", "d.weight");
  private static final StagePlan PLAN =
      new StagePlan(
          List.of(stage(0, "a"), stage(1, "b"), stage(2, "c")),
          List.of(new StagePlan.Skipped(layer("d"), "it is tied")),
          List.of(),
          new TreeMap<>());

  private final FakeStageRunner runner =
      new FakeStageRunner(
          Map.of(
              "a", new LayerMoments(10, 0.5, 40, 0, 0, 0),
              "b", new LayerMoments(20, 0, 0, 0.25, 0, 0),
              "c", new LayerMoments(10, 0, 0.625, 0, 0, 0)));
  private final List<LayerResult> told = new ArrayList<>();
  private final Lsuv.Outcome outcome = new Lsuv(1, runner, told::add).calibrate(PLAN, BASE);

  @Test
  void scalesEndUpInTheRecipe() {
    assertThat(outcome.recipe()).isEqualTo(BASE.scaledBy("a.weight", 0.5).scaledBy("c.weight", 4));
  }

  @Test
  void eachStageSeesTheScalesBeforeIt() {
    assertThat(runner.calls)
        .containsExactly(
            new FakeStageRunner.Call("a", BASE, 1),
            new FakeStageRunner.Call("b", BASE.scaledBy("a.weight", 0.5), 0.5),
            new FakeStageRunner.Call("c", BASE.scaledBy("a.weight", 0.5), 1));
  }

  @Test
  void resultsSayWhatWasDone() {
    assertThat(outcome.layers()).hasSize(4);
    assertThat(outcome.layers())
        .contains(new LayerResult("a", "a.weight", 10, 0.5, 4, 1, 0.5, ""))
        .contains(new LayerResult("c", "c.weight", 10, 0, 0.0625, 1, 4, ""));
  }

  @Test
  void aDeadLayerIsLeftAloneAndNamed() {
    assertThat(outcome.layers())
        .contains(new LayerResult("b", "b.weight", 20, 0.25, 0, 0, 1, "its output does not vary"));
    assertThat(outcome.recipe().entry("b.weight")).isEqualTo(BASE.entry("b.weight"));
  }

  @Test
  void skippedLayersAreListed() {
    LayerResult skipped = outcome.layers().get(0);
    assertThat(skipped.layer()).isEqualTo("d");
    assertThat(skipped.isLeftAlone()).isTrue();
    assertThat(skipped.leftAlone()).isEqualTo("it is tied");
    assertThat(skipped.count()).isZero();
    assertThat(skipped.varianceBefore()).isNaN();
    assertThat(skipped.scale()).isEqualTo(1);
  }

  @Test
  void progressIsToldOfEveryLayer() {
    assertThat(told).isEqualTo(outcome.layers());
  }

  @Test
  void theTargetIsReachedWhateverItIs() {
    Lsuv.Outcome other = new Lsuv(2.25, runner, told::add).calibrate(PLAN, BASE);
    assertThat(other.layers().get(1).scale()).isEqualTo(0.75);
    assertThat(other.layers().get(1).varianceAfter()).isEqualTo(2.25);
  }

  private static Stage stage(int index, String name) {
    return new Stage(
        index,
        layer(name),
        ByteString.EMPTY,
        List.of(),
        List.of(),
        Optional.empty(),
        "z",
        ChannelAxis.LAST,
        List.of(),
        Optional.empty());
  }

  private static Layer layer(String name) {
    return new Layer(name, name + ".node", name + ".weight", Optional.empty());
  }
}
