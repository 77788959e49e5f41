package dev.kindling.calibrate;

import dev.kindling.forward.Stage;
import dev.kindling.forward.StagePlan;
import dev.kindling.model.Layer;
import dev.kindling.recipe.PerChannel;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Layer-sequential unit-variance initialisation in one forward pass: each stage yields a layer's
 * output before its scale is known, and the next stage begins by applying it.
 *
 * <p>Source: Mishkin, Matas 2016, All you need is a good init, algorithm 1, <a
 * href="https://arxiv.org/abs/1511.06422">arXiv:1511.06422</a>. Deviation: the scale is solved for
 * and not iterated, which the fixed batch makes exact, also with a bias; further samples are asked
 * for only if {@code resample} is set.
 */
public final class Lsuv {
  private final LsuvSettings settings;
  private final SampleLayout layout;
  private final StageRunner runner;
  private final Journal journal;
  private final Progress progress;

  /**
   * Prepares a pass.
   *
   * @param settings how it runs
   * @param layout which micro-batches of the runner's sample are for what
   * @param runner holds the sample
   * @param journal knows the layers of an earlier run that was killed
   * @param progress is told of each layer as it is done
   */
  public Lsuv(
      LsuvSettings settings,
      SampleLayout layout,
      StageRunner runner,
      Journal journal,
      Progress progress) {
    this.settings = settings;
    this.layout = layout;
    this.runner = runner;
    this.journal = journal;
    this.progress = progress;
  }

  /**
   * Scales the layers of a plan, one after the other.
   *
   * @param plan stages of the model
   * @param base recipe before calibration
   */
  public Outcome calibrate(StagePlan plan, Recipe base) {
    List<LayerResult> results = new ArrayList<>(skipped(plan, 0));
    Recipe recipe = base;
    PerChannel previous = PerChannel.ONE;
    boolean known = true;
    for (Stage stage : plan.stages()) {
      Optional<CalibratedLayer> earlier = known ? journal.find(stage) : Optional.empty();
      known = earlier.isPresent();
      CalibratedLayer layer =
          known
              ? replay(stage, recipe, previous, earlier.get())
              : run(plan, stage, recipe, previous);
      recipe = corrected(recipe, stage.layer(), layer.correction());
      previous = layer.correction().scale();
      results.add(layer.result());
      results.addAll(skipped(plan, stage.index() + 1));
    }
    return new Outcome(recipe, results);
  }

  private CalibratedLayer replay(
      Stage stage, Recipe recipe, PerChannel previous, CalibratedLayer layer) {
    runner.replay(stage, recipe, previous);
    progress.replayed(layer.result());
    return layer;
  }

  private CalibratedLayer run(StagePlan plan, Stage stage, Recipe recipe, PerChannel previous) {
    long start = System.nanoTime();
    ChannelGroups groups = groups(stage, recipe);
    List<StageMoments> moments = runner.run(stage, recipe, previous, groups);
    CalibratedLayer layer = judge(plan, stage, recipe, groups, moments);
    journal.add(stage, layer);
    progress.calibrated(layer.result(), System.nanoTime() - start);
    return layer;
  }

  private CalibratedLayer judge(
      StagePlan plan,
      Stage stage,
      Recipe recipe,
      ChannelGroups groups,
      List<StageMoments> moments) {
    int layers = plan.stages().size();
    if (stage.activation().isPresent()) {
      return new ActivationJudge(settings, layout, layers)
          .judge(stage, groups, scale -> runner.tryOut(stage, recipe, scale, groups));
    }
    return new LayerJudge(settings, layout, layers)
        .judge(stage, groups, BiasChoice.of(stage, plan, recipe, groups), moments);
  }

  private ChannelGroups groups(Stage stage, Recipe recipe) {
    RecipeEntry entry = recipe.entry(stage.layer().weight());
    if (settings.statistic() == Statistic.CHANNEL) {
      return ChannelGroups.each(Math.toIntExact(entry.channels()));
    }
    return settings.blocks() == FusedBlocks.SEPARATE
        ? new ChannelGroups(entry.blockEnds())
        : ChannelGroups.TOGETHER;
  }

  private static Recipe corrected(Recipe recipe, Layer layer, Correction correction) {
    Recipe scaled = recipe.scaledBy(layer.weight(), correction.scale());
    return correction.keepsBias()
        ? scaled
        : scaled.shiftedBy(layer.bias().orElseThrow(), correction.shift());
  }

  private List<LayerResult> skipped(StagePlan plan, int stagesBefore) {
    List<LayerResult> results =
        plan.skipped().stream()
            .filter(skipped -> skipped.stagesBefore() == stagesBefore)
            .map(
                skipped ->
                    LayerResult.skipped(
                        skipped.layer().name(), skipped.layer().weight(), skipped.reason()))
            .toList();
    results.forEach(result -> progress.calibrated(result, 0));
    return results;
  }

  /**
   * What came out.
   *
   * @param recipe the recipe with scales and shifts
   * @param layers one result per layer, in the order of the graph
   */
  public record Outcome(Recipe recipe, List<LayerResult> layers) {
    public Outcome {
      layers = List.copyOf(layers);
    }
  }
}
