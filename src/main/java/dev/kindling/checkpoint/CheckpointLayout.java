package dev.kindling.checkpoint;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.Require;
import dev.kindling.model.ElementType;
import java.io.Serializable;
import java.util.Objects;

/**
 * The output settings that decide the bytes of a checkpoint beside its recipe.
 *
 * @param dtype element type of all float tensors in it
 * @param shardBytes values that a shard holds at most, in bytes, except that it holds at least one
 *     row
 * @param codec how pages are compressed
 * @param codecLevel level of the codec, 0 if it has none
 * @param rowGroupBytes values that a row group holds at most, in bytes, except that it holds at
 *     least one row
 * @param pageBytes values that a page holds at most, in bytes, except that it holds at least one
 *     row
 */
public record CheckpointLayout(
    ElementType dtype,
    long shardBytes,
    Codec codec,
    int codecLevel,
    long rowGroupBytes,
    long pageBytes)
    implements Serializable {
  /** The shard size unless configured: 1 GiB. */
  public static final long DEFAULT_SHARD_BYTES = 1L << 30;

  /** Spark decodes a row group's rows as one batch: 512 MiB kill a heap of 1.5 GB. */
  private static final long ROW_GROUP_BYTES = 64L << 20;

  private static final long PAGE_BYTES = 1L << 20;

  public CheckpointLayout {
    Objects.requireNonNull(dtype, "dtype is null");
    Objects.requireNonNull(codec, "codec is null");
    Require.positive(shardBytes, "shard bytes");
    Require.notNegative(codecLevel, "codec level");
    Require.positive(rowGroupBytes, "row group bytes");
    Require.positive(pageBytes, "page bytes");
  }

  /**
   * Returns the layout that a configuration asks for.
   *
   * @throws ConfigurationException if the shard size is not positive or the element type cannot be
   *     written
   */
  public static CheckpointLayout of(ElementType dtype, long shardBytes) {
    if (dtype != ElementType.F32) {
      throw new ConfigurationException(
          "Cannot write a checkpoint of dtype '%s': this version writes float32 only (expected f32, found %s)"
              .formatted(dtype.label(), dtype.label()));
    }
    if (shardBytes <= 0) {
      throw new ConfigurationException(
          "Cannot cut a checkpoint into shards: shard-bytes is not positive (expected at least 1, found %d)"
              .formatted(shardBytes));
    }
    return new CheckpointLayout(
        dtype, shardBytes, Codec.UNCOMPRESSED, 0, ROW_GROUP_BYTES, PAGE_BYTES);
  }

  /** Returns how many rows of this length a row group holds, at least one. */
  long rowsPerGroup(int rowLength) {
    return rowsIn(rowGroupBytes, rowLength);
  }

  /** Returns how many rows of this length a page holds, at least one. */
  int rowsPerPage(int rowLength) {
    return (int) Math.min(rowsIn(pageBytes, rowLength), Integer.MAX_VALUE);
  }

  /** Returns the bytes of values in a full row of this length. */
  long rowBytes(int rowLength) {
    return (long) rowLength * dtype.bytes();
  }

  private long rowsIn(long bytes, int rowLength) {
    return Math.max(1, bytes / rowBytes(rowLength));
  }
}
