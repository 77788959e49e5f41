package dev.kindling.calibrate;

import dev.kindling.stats.LayerMoments;
import java.io.Serializable;
import java.util.List;

/**
 * Moments of a layer's output over one micro-batch.
 *
 * @param microBatch index of the micro-batch
 * @param groups one per group of channels
 */
public record StageMoments(int microBatch, List<LayerMoments> groups) implements Serializable {
  public StageMoments {
    groups = List.copyOf(groups);
  }
}
