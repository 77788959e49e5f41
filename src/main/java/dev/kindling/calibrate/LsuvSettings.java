package dev.kindling.calibrate;

import dev.kindling.base.Require;
import dev.kindling.forward.Measure;
import java.util.Objects;
import java.util.Optional;

/**
 * How LSUV runs. All of it is part of the result, and none of it depends on the cluster.
 *
 * @param batch number of rows of a sample
 * @param microBatch number of rows that go through a stage together
 * @param targetVariance variance that every layer's output gets
 * @param targetMean mean that it gets through its bias, after its scale; absent to leave biases
 *     alone
 * @param measure what of a layer gets the variance
 * @param statistic what a scale is found for
 * @param blocks how fused matrices are judged
 * @param resample how scales are held against further samples; absent for the first sample alone
 * @param check rows that only check the result; absent for as many as {@code batch}, if there are
 *     so many
 * @param maxCorrection largest scale that is applied, and the inverse of the smallest
 */
public record LsuvSettings(
    int batch,
    int microBatch,
    double targetVariance,
    Optional<Double> targetMean,
    Measure measure,
    Statistic statistic,
    FusedBlocks blocks,
    Optional<Resample> resample,
    Optional<Integer> check,
    double maxCorrection) {
  /** Rows of a sample, unless stated. */
  public static final int DEFAULT_BATCH = 512;

  /** Rows that go through a stage together, unless stated. */
  public static final int DEFAULT_MICRO_BATCH = 32;

  /** Scales beyond it are those of a layer whose output is rounding errors. */
  public static final double DEFAULT_MAX_CORRECTION = 1e6;

  public LsuvSettings {
    Require.positive(batch, "batch");
    Require.positive(microBatch, "micro-batch");
    Require.positive(targetVariance, "target-variance");
    targetMean.ifPresent(mean -> Require.finite(mean, "target-mean"));
    Objects.requireNonNull(measure, "measure is null");
    if (targetMean.isPresent() && measure == Measure.AFTER_ACTIVATION) {
      throw new IllegalArgumentException(
          "target-mean and measure: after-activation exclude each other: a bias that moves the mean behind an activation changes the variance there too");
    }
    Objects.requireNonNull(statistic, "statistic is null");
    Objects.requireNonNull(blocks, "blocks is null");
    check.ifPresent(rows -> Require.notNegative(rows, "check"));
    Require.positive(maxCorrection - 1, "max-correction minus 1");
  }

  /** Returns LSUV as published, apart from the closed form. */
  public LsuvSettings(int batch, int microBatch, double targetVariance) {
    this(
        batch,
        microBatch,
        targetVariance,
        Optional.empty(),
        Measure.OUTPUT,
        Statistic.LAYER,
        FusedBlocks.TOGETHER,
        Optional.empty(),
        Optional.empty(),
        DEFAULT_MAX_CORRECTION);
  }

  /** Returns the number of samples that scales may be found on. */
  public int samples() {
    return resample.map(Resample::maxPasses).orElse(1);
  }

  /** Returns the number of rows that scales may be found on. */
  public long fitRows() {
    return (long) batch * samples();
  }

  /** Returns the number of rows that are wanted in all. */
  public long wantedRows() {
    return fitRows() + check.orElse(batch);
  }

  /**
   * Returns how a sample of a dataset is put together: the check takes what is left, but none of
   * less than two micro-batches.
   *
   * @param rows number of rows there are, at least {@link #fitRows()}
   */
  public SampleLayout layout(long rows) {
    long left = Math.min(check.orElse(batch), rows - fitRows());
    return new SampleLayout(batch, microBatch, samples(), left > microBatch ? (int) left : 0);
  }
}
