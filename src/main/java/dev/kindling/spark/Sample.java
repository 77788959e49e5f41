package dev.kindling.spark;

import dev.kindling.forward.MicroBatch;
import org.apache.spark.api.java.JavaRDD;

/**
 * The rows that calibration sees.
 *
 * @param microBatches rows in the order of their rank, cut into micro-batches; the last may be
 *     short
 * @param digest SHA-256 (hex) over the hashes of the rows in their order
 */
public record Sample(JavaRDD<MicroBatch> microBatches, String digest) {}
