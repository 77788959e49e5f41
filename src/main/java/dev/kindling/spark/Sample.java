package dev.kindling.spark;

import dev.kindling.calibrate.Calibration;
import dev.kindling.calibrate.SampleLayout;
import dev.kindling.forward.MicroBatch;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;

/**
 * The rows that calibration sees.
 *
 * @param microBatches rows in the order of their rank, cut into micro-batches; the last may be
 *     short
 * @param layout which rows and micro-batches are for what
 * @param digest SHA-256 (hex) over the hashes of the rows in their order
 * @param rows how many rows the dataset has
 * @param sampling what else there is to say of how they were chosen
 */
public record Sample(
    JavaRDD<MicroBatch> microBatches,
    SampleLayout layout,
    String digest,
    Tally rows,
    Calibration.Sampling sampling) {

  /**
   * Cuts it into samples of equally many rows, each with micro-batches numbered from 0. They are
   * kept, to be read again and again.
   */
  public List<Sample> split(int count) {
    int each = layout.microBatches() / count;
    SampleLayout part = new SampleLayout(layout.batch() / count, layout.microBatch(), 1, 0);
    List<Sample> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int from = i * each;
      JavaRDD<MicroBatch> own =
          microBatches
              .filter(it -> it.index() >= from && it.index() < from + each)
              .map(it -> MicroBatch.of(it.index() - from, it.live()))
              .persist(StorageLevel.MEMORY_AND_DISK());
      parts.add(new Sample(own, part, digest, rows, sampling));
    }
    return parts;
  }
}
