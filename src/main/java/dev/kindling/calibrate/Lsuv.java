package dev.kindling.calibrate;

import dev.kindling.forward.Stage;
import dev.kindling.forward.StagePlan;
import dev.kindling.model.Layer;
import dev.kindling.recipe.Recipe;
import dev.kindling.stats.LayerMoments;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Layer-sequential unit-variance initialisation in one forward pass: each stage yields a layer's
 * output before its scale is known, and the next stage begins by applying it.
 *
 * <p>Source: Mishkin, Matas 2016, All you need is a good init, algorithm 1, <a
 * href="https://arxiv.org/abs/1511.06422">arXiv:1511.06422</a>. Deviation: the scale is solved for
 * and not iterated, which the fixed batch makes exact, also with a bias.
 */
public final class Lsuv {
  private final double targetVariance;
  private final StageRunner runner;
  private final Consumer<LayerResult> progress;

  /**
   * Prepares a pass.
   *
   * @param targetVariance variance that every layer's output gets, positive
   * @param runner holds the sample
   * @param progress is told of each layer as it is done
   */
  public Lsuv(double targetVariance, StageRunner runner, Consumer<LayerResult> progress) {
    this.targetVariance = targetVariance;
    this.runner = runner;
    this.progress = progress;
  }

  /**
   * Scales the layers of a plan, one after the other.
   *
   * @param plan stages of the model
   * @param base recipe before calibration
   */
  public Outcome calibrate(StagePlan plan, Recipe base) {
    List<LayerResult> results = new ArrayList<>();
    for (StagePlan.Skipped skipped : plan.skipped()) {
      Layer layer = skipped.layer();
      results.add(LayerResult.skipped(layer.name(), layer.weight(), skipped.reason()));
      progress.accept(results.get(results.size() - 1));
    }
    Recipe recipe = base;
    double scale = 1;
    for (Stage stage : plan.stages()) {
      LayerResult result = judge(stage, runner.run(stage, recipe, scale));
      scale = result.scale();
      recipe = recipe.scaledBy(result.tensor(), scale);
      results.add(result);
      progress.accept(result);
    }
    return new Outcome(recipe, results);
  }

  private LayerResult judge(Stage stage, LayerMoments moments) {
    ScaleSolver.Solution solution = ScaleSolver.solve(moments, targetVariance);
    return new LayerResult(
        stage.layer().name(),
        stage.layer().weight(),
        moments.count(),
        moments.mean() + moments.biasMean(),
        moments.variance(1),
        moments.variance(solution.scale()),
        solution.scale(),
        solution.reason());
  }

  /**
   * What came out.
   *
   * @param recipe the recipe with the scales
   * @param layers one result per layer: those that could not be run, then the others in execution
   *     order
   */
  public record Outcome(Recipe recipe, List<LayerResult> layers) {
    public Outcome {
      layers = List.copyOf(layers);
    }
  }
}
