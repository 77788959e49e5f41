package dev.kindling.spark;

import dev.kindling.calibrate.Calibration;
import dev.kindling.calibrate.SampleLayout;
import dev.kindling.forward.MicroBatch;
import org.apache.spark.api.java.JavaRDD;

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
    Calibration.Sampling sampling) {}
