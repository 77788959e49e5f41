package dev.kindling.checkpoint;

import java.util.zip.Checksum;

/** Digest and statistics of a range, from its values in index order. */
final class RangeAccumulator {
  /**
   * Values that are taken at once, so that bytes and floats are still in the cache for the next of
   * the three loops.
   */
  static final int PIECE = 8192;

  private final Checksum crc32 = Crc.CRC32.start();
  private final Checksum crc32c = Crc.CRC32C.start();
  private ValueStatistics statistics = ValueStatistics.EMPTY;

  /**
   * Adds a page of values; pages must be cut alike for the statistics to have the same bits.
   *
   * @param values the values
   * @param length number of values
   * @param bytes the same values as little-endian bytes
   * @param bytesOffset where those begin
   */
  void addPage(float[] values, int length, byte[] bytes, int bytesOffset) {
    for (int start = 0; start < length; start += PIECE) {
      int count = Math.min(PIECE, length - start);
      addBytes(bytes, bytesOffset + start * Float.BYTES, count * Float.BYTES);
      statistics = statistics.merge(ValueStatistics.of(values, start, count));
    }
  }

  /** Returns what the range holds. */
  RangeResult result(ShardRange range) {
    return new RangeResult(range, statistics.count(), digest(), statistics);
  }

  /** Adds bytes to the digest alone. */
  void addBytes(byte[] bytes, int offset, int length) {
    crc32.update(bytes, offset, length);
    crc32c.update(bytes, offset, length);
  }

  /** Returns the digest so far. */
  TensorDigest digest() {
    return new TensorDigest((int) crc32.getValue(), (int) crc32c.getValue());
  }
}
