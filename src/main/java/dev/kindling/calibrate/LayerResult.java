package dev.kindling.calibrate;

import dev.kindling.base.Require;
import java.util.Optional;

/**
 * What calibration did to a layer. Variances are within the groups of channels that are judged
 * together, pooled over the groups.
 *
 * @param layer name of the layer
 * @param tensor name of its weight
 * @param count number of output elements that were measured, 0 if the layer was not run
 * @param mean their mean before scaling, bias included
 * @param varianceBefore their population variance before scaling, bias included
 * @param varianceAfter the same after scaling, from the moments
 * @param scale what the weight is multiplied by, 1 if it was left alone; the mean where groups
 *     differ
 * @param samples number of samples that it took, 0 if the layer was not run
 * @param fresh what rows say that had no part in this; absent if there were too few
 * @param leftAlone why it was left alone, empty if it was not
 * @param note what else there is to say, empty if nothing
 */
public record LayerResult(
    String layer,
    String tensor,
    long count,
    double mean,
    double varianceBefore,
    double varianceAfter,
    double scale,
    int samples,
    Optional<FreshVariance> fresh,
    String leftAlone,
    String note) {
  public LayerResult {
    Require.notBlank(layer, "layer");
    Require.notBlank(tensor, "tensor");
    Require.notNegative(samples, "samples");
  }

  /** Returns the result of a layer that one sample was enough for, without a check. */
  LayerResult(
      String layer,
      String tensor,
      long count,
      double mean,
      double varianceBefore,
      double varianceAfter,
      double scale,
      String leftAlone) {
    this(
        layer,
        tensor,
        count,
        mean,
        varianceBefore,
        varianceAfter,
        scale,
        count > 0 ? 1 : 0,
        Optional.empty(),
        leftAlone,
        "");
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
