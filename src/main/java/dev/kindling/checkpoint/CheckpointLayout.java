package dev.kindling.checkpoint;

import dev.kindling.base.Require;
import dev.kindling.model.ElementType;
import java.io.Serializable;
import java.util.Objects;

/**
 * The output settings that decide the bytes of a checkpoint beside its recipe.
 *
 * @param dtype element type of all float tensors in it
 * @param shardBytes values that a shard holds at most, in bytes of {@code dtype}, except that it
 *     holds at least one row
 * @param encoding how pages hold values
 * @param codec how pages of values are compressed
 * @param codecLevel level of the codec, 0 if it has none
 * @param rowGroupBytes values that a row group holds at most, in bytes as readers see them (8 for a
 *     float64, else 4), except that it holds at least one row
 * @param pageBytes values that a page holds at most, counted alike, except that it holds at least
 *     one row
 */
public record CheckpointLayout(
    ElementType dtype,
    long shardBytes,
    PageEncoding encoding,
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
    if (!dtype.isFloat() || !encoding.holds(dtype)) {
      throw new IllegalArgumentException(
          "pages of encoding '%s' cannot hold %s".formatted(encoding.label(), dtype.label()));
    }
  }

  /** Returns the layout with everything but these two as it is unless configured. */
  public static CheckpointLayout of(ElementType dtype, long shardBytes) {
    return new CheckpointLayout(
        dtype,
        shardBytes,
        PageEncoding.defaultOf(dtype),
        Codec.UNCOMPRESSED,
        0,
        ROW_GROUP_BYTES,
        PAGE_BYTES);
  }

  /**
   * Returns this layout with another encoding of pages.
   *
   * @throws IllegalArgumentException if it cannot hold the element type
   */
  public CheckpointLayout withEncoding(PageEncoding other) {
    return new CheckpointLayout(
        dtype, shardBytes, other, codec, codecLevel, rowGroupBytes, pageBytes);
  }

  /** Returns this layout with another codec. */
  public CheckpointLayout withCodec(Codec other, int level) {
    return new CheckpointLayout(
        dtype, shardBytes, encoding, other, level, rowGroupBytes, pageBytes);
  }

  /** Returns how many rows of this length a row group holds, at least one. */
  long rowsPerGroup(int rowLength) {
    return Math.max(1, rowGroupBytes / decodedBytes(rowLength));
  }

  /** Returns how many rows of this length a page holds, at least one. */
  int rowsPerPage(int rowLength) {
    return (int) Math.max(1, Math.min(pageBytes / decodedBytes(rowLength), Integer.MAX_VALUE));
  }

  /** Returns the bytes of values in a full row of this length. */
  long rowBytes(int rowLength) {
    return (long) rowLength * dtype.bytes();
  }

  private long decodedBytes(int rowLength) {
    return (long) rowLength * Math.max(dtype.bytes(), Float.BYTES);
  }
}
