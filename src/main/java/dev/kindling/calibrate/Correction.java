package dev.kindling.calibrate;

import dev.kindling.recipe.PerChannel;
import java.io.Serializable;

/**
 * What calibration does to a layer.
 *
 * @param scale factor on its weight
 * @param shift summand on its bias, 0 where there is none
 */
public record Correction(PerChannel scale, PerChannel shift) implements Serializable {
  /** Nothing. */
  public static final Correction NONE = new Correction(PerChannel.ONE, PerChannel.ZERO);

  /** Returns whether the bias stays as it is. */
  public boolean keepsBias() {
    return shift.values().stream().allMatch(number -> number == 0);
  }
}
