package dev.kindling.calibrate;

import dev.kindling.base.Require;

/**
 * What calibration did to a layer.
 *
 * @param layer name of the layer
 * @param tensor name of its weight
 * @param count number of output elements that were measured, 0 if the layer was not run
 * @param mean their mean before scaling, bias included
 * @param varianceBefore their population variance before scaling, bias included
 * @param varianceAfter the same after scaling, from the moments in closed form
 * @param scale what the weight is multiplied by, 1 if it was left alone
 * @param leftAlone why it was left alone, empty if it was not
 */
public record LayerResult(
    String layer,
    String tensor,
    long count,
    double mean,
    double varianceBefore,
    double varianceAfter,
    double scale,
    String leftAlone) {
  public LayerResult {
    Require.notBlank(layer, "layer");
    Require.notBlank(tensor, "tensor");
  }

  /** Returns the result of a layer that was not run. */
  static LayerResult skipped(String layer, String tensor, String reason) {
    return new LayerResult(layer, tensor, 0, Double.NaN, Double.NaN, Double.NaN, 1, reason);
  }

  /** Returns whether the layer keeps its initial weights. */
  public boolean isLeftAlone() {
    return !leftAlone.isEmpty();
  }
}
