package dev.kindling.calibrate;

import dev.kindling.base.Require;
import java.io.Serializable;

/**
 * How the rows of a sample are put together: {@code samples} samples of {@code batch} rows that
 * scales are found on, then {@code check} rows of fresh data. Each part is cut into micro-batches
 * of its own, of which the last may be short; rows and micro-batches count through all parts.
 *
 * @param batch rows of each sample
 * @param microBatch rows that go through a stage together
 * @param samples number of samples
 * @param check rows of the check, 0 for none
 */
public record SampleLayout(int batch, int microBatch, int samples, int check)
    implements Serializable {
  public SampleLayout {
    Require.positive(batch, "batch");
    Require.positive(microBatch, "micro-batch");
    Require.positive(samples, "samples");
    Require.notNegative(check, "check");
    Math.addExact(Math.multiplyExact(batch, samples), check);
  }

  /** Returns the layout of one sample without a check. */
  public static SampleLayout of(int batch, int microBatch) {
    return new SampleLayout(batch, microBatch, 1, 0);
  }

  /** Returns the number of rows in all. */
  public int rows() {
    return batch * samples + check;
  }

  /** Returns the number of micro-batches in all. */
  public int microBatches() {
    return samples * perSample() + cuts(check);
  }

  /** Returns the number of micro-batches of the check. */
  public int checkMicroBatches() {
    return cuts(check);
  }

  /** Returns the micro-batch that holds a row. */
  public int microBatchOf(int row) {
    int part = Math.min(row / batch, samples);
    return part * perSample() + (row - part * batch) / microBatch;
  }

  /** Returns the first row of a micro-batch. */
  public int firstRow(int microBatch) {
    int part = Math.min(microBatch / perSample(), samples);
    return part * batch + (microBatch - part * perSample()) * this.microBatch;
  }

  /** Returns the number of rows of a micro-batch. */
  public int rowCount(int microBatch) {
    int next = microBatch + 1 == microBatches() ? rows() : firstRow(microBatch + 1);
    return next - firstRow(microBatch);
  }

  /** Returns which sample a micro-batch belongs to, counted from 0; the check is the last. */
  public int sampleOf(int microBatch) {
    return Math.min(microBatch / perSample(), samples);
  }

  private int perSample() {
    return cuts(batch);
  }

  private int cuts(int rows) {
    return (rows + microBatch - 1) / microBatch;
  }
}
