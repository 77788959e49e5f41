package dev.kindling.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.kindling.forward.ChannelAxis;
import dev.kindling.forward.Stage;
import dev.kindling.forward.StagePlan;
import dev.kindling.model.Layer;
import dev.kindling.recipe.PerChannel;
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
          List.of(new StagePlan.Skipped(layer("d"), "it is tied", 2)),
          List.of(),
          new TreeMap<>());

  private final FakeStageRunner runner =
      FakeStageRunner.ofOne(
          Map.of(
              "a", new LayerMoments(10, 0.5, 40, 0, 0, 0),
              "b", new LayerMoments(20, 0, 0, 0.25, 0, 0),
              "c", new LayerMoments(10, 0, 0.625, 0, 0, 0)));
  private final Told told = new Told();
  private final Lsuv.Outcome outcome = calibrate(1, Journal.NONE);

  @Test
  void scalesEndUpInTheRecipe() {
    assertThat(outcome.recipe()).isEqualTo(BASE.scaledBy("a.weight", 0.5).scaledBy("c.weight", 4));
  }

  @Test
  void eachStageSeesTheScalesBeforeIt() {
    assertThat(runner.calls)
        .containsExactly(
            new FakeStageRunner.Call("a", BASE, PerChannel.ONE),
            new FakeStageRunner.Call("b", BASE.scaledBy("a.weight", 0.5), PerChannel.all(0.5)),
            new FakeStageRunner.Call("c", BASE.scaledBy("a.weight", 0.5), PerChannel.ONE));
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
  void skippedLayersStandInTheirPlace() {
    LayerResult skipped = outcome.layers().get(2);
    assertThat(skipped.layer()).isEqualTo("d");
    assertThat(skipped.isLeftAlone()).isTrue();
    assertThat(skipped.leftAlone()).isEqualTo("it is tied");
    assertThat(skipped.count()).isZero();
    assertThat(skipped.varianceBefore()).isNaN();
    assertThat(skipped.scale()).isEqualTo(1);
  }

  @Test
  void progressIsToldOfEveryLayer() {
    assertThat(told.calibrated).isEqualTo(outcome.layers());
    assertThat(told.replayed).isEmpty();
  }

  /** A run that was killed behind b: what it knows is run again, but not judged. */
  @Test
  void whatTheJournalKnowsIsReplayed() {
    Remembered journal = new Remembered();
    calibrate(1, journal);
    journal.layers.remove("c");
    runner.calls.clear();
    told.replayed.clear();
    Lsuv.Outcome resumed = calibrate(1, journal);
    assertThat(resumed).isEqualTo(outcome);
    assertThat(runner.calls)
        .extracting(FakeStageRunner.Call::layer)
        .containsExactly("a again", "b again", "c");
    assertThat(runner.calls.get(2).recipe()).isEqualTo(BASE.scaledBy("a.weight", 0.5));
    assertThat(told.replayed).extracting(LayerResult::layer).containsExactly("a", "b");
    assertThat(journal.layers).containsOnlyKeys("a", "b", "c");
  }

  /** Behind a gap nothing is trusted: it may stem from a run that was judged otherwise. */
  @Test
  void behindAGapTheJournalIsNotAsked() {
    Remembered journal = new Remembered();
    calibrate(1, journal);
    journal.layers.remove("a");
    runner.calls.clear();
    calibrate(1, journal);
    assertThat(runner.calls).extracting(FakeStageRunner.Call::layer).containsExactly("a", "b", "c");
  }

  private Lsuv.Outcome calibrate(double target, Journal journal) {
    return new Lsuv(
            new LsuvSettings(10, 10, target), SampleLayout.of(10, 10), runner, journal, told)
        .calibrate(PLAN, BASE);
  }

  /** Notes what it is told. */
  private static final class Told implements Progress {
    final List<LayerResult> calibrated = new ArrayList<>();
    final List<LayerResult> replayed = new ArrayList<>();

    @Override
    public void calibrated(LayerResult result, long nanos) {
      calibrated.add(result);
    }

    @Override
    public void replayed(LayerResult result) {
      replayed.add(result);
    }
  }

  /** A journal in memory. */
  private static final class Remembered implements Journal {
    final Map<String, CalibratedLayer> layers = new TreeMap<>();

    @Override
    public Optional<CalibratedLayer> find(Stage stage) {
      return Optional.ofNullable(layers.get(stage.layer().name()));
    }

    @Override
    public void add(Stage stage, CalibratedLayer layer) {
      layers.put(stage.layer().name(), layer);
    }
  }

  @Test
  void theTargetIsReachedWhateverItIs() {
    Lsuv.Outcome other = calibrate(2.25, Journal.NONE);
    assertThat(other.layers().get(0).scale()).isEqualTo(0.75);
    assertThat(other.layers().get(0).varianceAfter()).isEqualTo(2.25);
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
