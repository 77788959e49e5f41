package dev.kindling.calibrate;

import dev.kindling.forward.Stage;
import dev.kindling.recipe.Recipe;
import dev.kindling.stats.LayerMoments;

/** Holds the frontier of a sample and runs one stage after the other over it. */
public interface StageRunner extends AutoCloseable {
  /**
   * Runs a stage over all micro-batches of the frontier, which then holds what later stages need.
   *
   * @param stage the stage that follows the one run last, the first at first
   * @param recipe weights of the stage; its own layer not yet scaled, earlier ones scaled
   * @param previousScale scale of the layer of the stage run last, 1 at first; the stage applies it
   *     as it starts
   * @return moments of the layer's output, merged in the order of micro-batches
   */
  LayerMoments run(Stage stage, Recipe recipe, double previousScale);

  /** Releases the frontier. */
  @Override
  void close();
}
