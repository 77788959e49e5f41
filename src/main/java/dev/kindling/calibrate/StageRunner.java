package dev.kindling.calibrate;

import dev.kindling.forward.Stage;
import dev.kindling.recipe.PerChannel;
import dev.kindling.recipe.Recipe;
import java.util.List;

/** Holds the frontier of a sample and runs one stage after the other over it. */
public interface StageRunner extends AutoCloseable {
  /**
   * Runs a stage over all micro-batches of the frontier, which then holds what later stages need.
   *
   * @param stage the stage that follows the one run last, the first at first
   * @param recipe weights of the stage; its own layer not yet corrected, earlier ones corrected
   * @param previousScale scale of the layer of the stage run last, 1 at first; the stage applies it
   *     as it starts
   * @param groups channels that are measured together
   * @return moments of the layer's output, in the order of micro-batches
   */
  List<StageMoments> run(
      Stage stage, Recipe recipe, PerChannel previousScale, ChannelGroups groups);

  /**
   * Does the same without measuring, for a stage whose layer is known from an earlier run. May wait
   * until the frontier is needed.
   */
  void replay(Stage stage, Recipe recipe, PerChannel previousScale);

  /**
   * Measures the activation behind the layer of the stage run last, on its output as the frontier
   * holds it. The frontier stays as it is.
   *
   * @param stage the stage run last, which has an activation
   * @param recipe holds the tensors that the activation reads
   * @param scale what the layer's output is multiplied with
   * @param groups channels that are measured together
   * @return moments of the activation, in the order of micro-batches
   */
  List<StageMoments> tryOut(Stage stage, Recipe recipe, PerChannel scale, ChannelGroups groups);

  /** Releases the frontier. */
  @Override
  void close();
}
