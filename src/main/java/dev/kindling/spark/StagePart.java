package dev.kindling.spark;

import dev.kindling.calibrate.StageMoments;
import dev.kindling.forward.MicroBatch;
import java.io.Serializable;
import java.util.List;

/**
 * What a stage makes of one micro-batch.
 *
 * @param next the frontier after the stage
 * @param moments moments of the layer's output
 */
record StagePart(MicroBatch next, StageMoments moments) implements Serializable {
  /** Returns a micro-batch before the first stage. */
  static StagePart start(MicroBatch microBatch) {
    return new StagePart(microBatch, new StageMoments(microBatch.index(), List.of()));
  }
}
