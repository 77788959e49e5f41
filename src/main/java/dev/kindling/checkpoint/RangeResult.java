package dev.kindling.checkpoint;

import java.io.Serializable;

/**
 * What a shard holds of one tensor.
 *
 * @param range the rows
 * @param elementCount values in them
 * @param digest digest of these values
 * @param statistics statistics of these values
 */
public record RangeResult(
    ShardRange range, long elementCount, TensorDigest digest, ValueStatistics statistics)
    implements Serializable {}
