package dev.kindling.cli;

import dev.kindling.calibrate.Journal;
import dev.kindling.calibrate.Progress;
import dev.kindling.calibrate.SampleLayout;
import dev.kindling.diagnose.Diagnosis;
import dev.kindling.diagnose.Training;
import dev.kindling.diagnose.TrainingRun;
import dev.kindling.forward.ProbePlan;
import dev.kindling.kernel.Kernels;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.recipe.ExternalFiles;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeValues;
import dev.kindling.spark.Cluster;
import dev.kindling.spark.LsuvJob;
import dev.kindling.spark.PerceptronTrainer;
import dev.kindling.spark.Sample;
import dev.kindling.spark.Start;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;

/**
 * The recipes of several starts with several seeds each, and what comes of them.
 *
 * @param recipes of each start, one per seed
 */
record Comparison(Map<String, List<Recipe>> recipes) {
  /**
   * Plans the starts, and calibrates those that ask for it.
   *
   * @param first the first of the seeds
   * @param seeds their number
   * @param shapes for each data input the shape of one sample
   * @param fit what is calibrated on: other rows than those that starts are judged on
   */
  static Comparison of(
      List<StartChoice> starts,
      long first,
      int seeds,
      Map<String, Shape> shapes,
      Sample fit,
      Optional<Path> scratch,
      Cluster cluster) {
    SampleLayout layout = fit.layout();
    Map<String, List<Recipe>> recipes = new LinkedHashMap<>();
    for (StartChoice start : starts) {
      List<Recipe> own = new ArrayList<>();
      for (int i = 0; i < seeds; i++) {
        own.add(
            start.recipe(first + i, shapes, layout, job -> calibrated(job, fit, scratch, cluster)));
      }
      recipes.put(start.name(), own);
    }
    return new Comparison(recipes);
  }

  private static Recipe calibrated(
      LsuvJob job, Sample fit, Optional<Path> scratch, Cluster cluster) {
    Path folder = ScratchOptions.required(scratch, "calibrate start 'lsuv'");
    return job.calibrate(fit, cluster.stageRunner(fit, folder), Journal.NONE, Progress.SILENT)
        .recipe();
  }

  /** Diagnoses every start with every seed. */
  Map<String, List<Diagnosis>> diagnosed(
      Model model,
      Map<String, Shape> shapes,
      Sample sample,
      int directions,
      Optional<Path> scratch,
      Cluster cluster) {
    List<Start> starts = new ArrayList<>();
    recipes
        .values()
        .forEach(
            own -> own.forEach(it -> starts.add(new Start(ProbePlan.of(model, it, shapes), it))));
    List<Diagnosis> found = cluster.diagnose(sample, starts, directions, scratch);
    Map<String, List<Diagnosis>> diagnoses = new LinkedHashMap<>();
    int begin = 0;
    for (Map.Entry<String, List<Recipe>> start : recipes.entrySet()) {
      int end = begin + start.getValue().size();
      diagnoses.put(start.getKey(), found.subList(begin, end));
      begin = end;
    }
    return diagnoses;
  }

  /**
   * Trains every start with every seed.
   *
   * @param iterations most iterations of each
   * @param progress is told of each start that is done
   */
  Training trained(
      TrainingChoice choice,
      int iterations,
      Kernels kernels,
      ExternalFiles files,
      Cluster cluster,
      Consumer<String> progress) {
    long key = recipes.values().iterator().next().get(0).seed();
    Map<String, List<TrainingRun>> runs = new LinkedHashMap<>();
    try (PerceptronTrainer trainer =
        cluster.perceptronTrainer(choice.data(), choice.layers(), choice.classes(), key)) {
      recipes.forEach(
          (name, own) -> {
            List<TrainingRun> done = new ArrayList<>();
            for (Recipe recipe : own) {
              RecipeValues values = new RecipeValues(recipe.seed(), kernels, files);
              done.add(trainer.train(recipe, values, iterations));
            }
            runs.put(name, done);
            progress.accept("Trained %s".formatted(name));
          });
      return new Training(trainer.rows(), trainer.heldOut(), iterations, runs);
    }
  }
}
