package dev.kindling.calibrate;

import dev.kindling.base.Require;

/**
 * How LSUV runs. All of it is part of the result, and none of it depends on the cluster.
 *
 * @param batch number of samples
 * @param microBatch number of samples that go through a stage together
 * @param targetVariance variance that every layer's output gets
 */
public record LsuvSettings(int batch, int microBatch, double targetVariance) {
  public LsuvSettings {
    Require.positive(batch, "batch");
    Require.positive(microBatch, "micro-batch");
    Require.positive(targetVariance, "target-variance");
  }
}
