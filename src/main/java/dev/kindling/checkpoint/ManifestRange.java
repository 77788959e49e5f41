package dev.kindling.checkpoint;

import java.io.Serializable;

/**
 * A range of a shard as the manifest has it.
 *
 * @param range the rows
 * @param elementCount values in them
 * @param digest their digest
 */
public record ManifestRange(ShardRange range, long elementCount, TensorDigest digest)
    implements Serializable {}
