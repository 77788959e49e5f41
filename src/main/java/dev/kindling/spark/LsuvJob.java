package dev.kindling.spark;

import dev.kindling.calibrate.Calibration;
import dev.kindling.calibrate.Journal;
import dev.kindling.calibrate.Lsuv;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.calibrate.Progress;
import dev.kindling.calibrate.RunHeader;
import dev.kindling.calibrate.RunId;
import dev.kindling.calibrate.StageRunner;
import dev.kindling.forward.ForwardEnvironment;
import dev.kindling.forward.StagePlan;
import dev.kindling.recipe.Recipe;

/**
 * LSUV of a model over a sample: what the command and the Estimator both do.
 *
 * @param recipe recipe before calibration
 * @param stages the model, cut after each layer
 * @param settings how calibration runs
 */
public record LsuvJob(Recipe recipe, StagePlan stages, LsuvSettings settings) {
  /** Returns the id of a run over a sample. */
  public String runId(Sample sample) {
    return RunId.of(recipe, settings, sample.digest());
  }

  /** Returns what a run over a sample depends on. */
  public RunHeader header(Sample sample) {
    return RunHeader.of(recipe, settings, sample.digest(), environment());
  }

  /**
   * Calibrates.
   *
   * @param runner holds the sample; it is closed in any case
   * @param journal knows the layers of an earlier run that was killed
   * @param progress is told of each layer as it is done
   */
  public Calibrated calibrate(
      Sample sample, StageRunner runner, Journal journal, Progress progress) {
    try (runner) {
      Lsuv.Outcome outcome =
          new Lsuv(settings, sample.layout(), runner, journal, progress).calibrate(stages, recipe);
      return new Calibrated(
          outcome.recipe(),
          new Calibration(
              settings,
              sample.layout().check(),
              sample.rows().bad(),
              sample.sampling(),
              sample.digest(),
              environment(),
              outcome.layers()));
    }
  }

  static Calibration.Environment environment() {
    return new Calibration.Environment(ForwardEnvironment.runtime(), ForwardEnvironment.cpu());
  }

  /**
   * What came out.
   *
   * @param recipe the recipe with scales and shifts
   * @param calibration how they came about
   */
  public record Calibrated(Recipe recipe, Calibration calibration) {}
}
