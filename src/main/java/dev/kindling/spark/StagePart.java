package dev.kindling.spark;

import dev.kindling.forward.MicroBatch;
import dev.kindling.stats.LayerMoments;
import java.io.Serializable;

/**
 * What a stage makes of one micro-batch.
 *
 * @param next the frontier after the stage
 * @param moments moments of the layer's output
 */
record StagePart(MicroBatch next, LayerMoments moments) implements Serializable {
  /** Returns a micro-batch before the first stage. */
  static StagePart start(MicroBatch microBatch) {
    return new StagePart(microBatch, LayerMoments.NONE);
  }
}
