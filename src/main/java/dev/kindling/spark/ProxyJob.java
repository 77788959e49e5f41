package dev.kindling.spark;

import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.calibrate.Progress;
import dev.kindling.forward.StagePlan;
import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.proxy.Perceptron;
import dev.kindling.proxy.PerceptronRecipe;
import dev.kindling.proxy.ProxySettings;
import dev.kindling.recipe.InitSettings;
import dev.kindling.recipe.Planner;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Trains a narrow perceptron, widens it, breaks the symmetry of copies, and gives each layer's
 * output the variance back that it had before; then trains the wide one from there and from a
 * standard start, equally long.
 *
 * @param model the wide perceptron, with a graph
 * @param init how a standard start is drawn, of the wide and of the narrow one
 * @param data shape of one sample of its only input
 * @param proxy how narrow, and how long
 * @param settings how the sample is cut
 */
public record ProxyJob(
    Model model,
    InitSettings init,
    Map<String, Shape> data,
    ProxySettings proxy,
    LsuvSettings settings) {

  /**
   * What came out for a seed; accuracies on rows that nothing was trained on.
   *
   * @param proxy of the narrow perceptron
   * @param exact of the wide one before copies differ
   * @param expanded of the wide one that is written
   * @param standard of the wide one after training from a standard start
   * @param trained of the wide one after the same training from the expanded start
   */
  public record Accuracies(
      long seed, double proxy, double exact, double expanded, double standard, double trained) {}

  /**
   * What came out.
   *
   * @param recipe of the first seed's expanded perceptron
   */
  public record Outcome(Recipe recipe, List<Accuracies> seeds) {}

  /** Runs the job. */
  Outcome run(Sample sample, StartJob.Place place, Consumer<Accuracies> told) {
    String input = data.keySet().iterator().next();
    List<Integer> wide = units(init.seed(), place);
    List<Accuracies> found = new ArrayList<>();
    Recipe first = null;
    try (ProxyTrainer trainer =
        new ProxyTrainer(place.spark(), sample, input, wide.get(wide.size() - 1))) {
      for (int i = 0; i < proxy.seeds(); i++) {
        Seed seed = new Seed(init.withSeed(init.seed() + i), trainer, sample, place);
        Recipe expanded = seed.run(found);
        first = first == null ? expanded : first;
        told.accept(found.get(i));
      }
    }
    return new Outcome(first, List.copyOf(found));
  }

  private List<Integer> units(long seed, StartJob.Place place) {
    Recipe recipe = Planner.plan(model, init, Set.of()).recipe();
    return PerceptronRecipe.read(recipe, values(seed, kernels(place), place)).units();
  }

  private static Kernels kernels(StartJob.Place place) {
    return KernelsLoader.load(place.kernels()).kernels();
  }

  private static RecipeValues values(long seed, Kernels kernels, StartJob.Place place) {
    return new RecipeValues(seed, kernels, new HadoopFiles(place.context().hadoopConfiguration()));
  }

  /** All that is done for one seed. */
  private final class Seed {
    private final InitSettings own;
    private final ProxyTrainer trainer;
    private final Sample sample;
    private final StartJob.Place place;
    private final RecipeValues values;

    Seed(InitSettings own, ProxyTrainer trainer, Sample sample, StartJob.Place place) {
      this.own = own;
      this.trainer = trainer;
      this.sample = sample;
      this.place = place;
      this.values = values(own.seed(), kernels(place), place);
    }

    Recipe run(List<Accuracies> found) {
      Perceptron small =
          trainer.train(
              start(PerceptronRecipe.narrowed(model, proxy.factor())), proxy.iterations());
      Perceptron standard = start(model);
      Perceptron exact = small.widened(standard.units(), own.seed());
      Recipe recipe = expanded(small, exact);
      Perceptron expanded = PerceptronRecipe.read(recipe, values);
      found.add(
          new Accuracies(
              own.seed(),
              trainer.accuracy(small),
              trainer.accuracy(exact),
              trainer.accuracy(expanded),
              trainer.accuracy(trainer.train(standard, proxy.compared())),
              trainer.accuracy(trainer.train(expanded, proxy.compared()))));
      return recipe;
    }

    private Perceptron start(Model of) {
      return PerceptronRecipe.read(Planner.plan(of, own, Set.of()).recipe(), values);
    }

    private Recipe expanded(Perceptron small, Perceptron exact) {
      Recipe base = Planner.plan(model, own, Set.of()).recipe();
      Perceptron noisy = exact.withNoise(small.units(), proxy.noise(), own.seed(), kernels(place));
      String why = "proxy: Net2WiderNet of a perceptron %s".formatted(small.units());
      Recipe kept = PerceptronRecipe.write(exact, base, why);
      Recipe recipe = PerceptronRecipe.write(noisy, base, why);
      for (Layer layer : model.graph().orElseThrow().layers()) {
        recipe = calibrated(recipe, layer, calibrate(kept, layer, 1).before());
      }
      return recipe;
    }

    private Recipe calibrated(Recipe recipe, Layer layer, double variance) {
      return variance > 0 ? calibrate(recipe, layer, variance).recipe() : recipe;
    }

    private Measured calibrate(Recipe recipe, Layer layer, double variance) {
      LsuvSettings one =
          new LsuvSettings(
              settings.batch(),
              settings.microBatch(),
              variance,
              Optional.empty(),
              settings.measure(),
              settings.statistic(),
              settings.blocks(),
              Optional.empty(),
              settings.check(),
              settings.maxCorrection());
      StagePlan stages = StagePlan.of(model, recipe, List.of(layer), data, one.measure());
      LsuvJob.Calibrated found =
          place.calibrate(new LsuvJob(recipe, stages, one), sample, Progress.SILENT);
      return new Measured(found.recipe(), found.calibration().layers().get(0).varianceBefore());
    }
  }

  /** A recipe after a layer's calibration, and the variance that the layer's output had before. */
  private record Measured(Recipe recipe, double before) {}
}
