package dev.kindling.checkpoint;

import java.util.zip.Checksum;

/** Digest and, if asked to, statistics of a range, from its values in index order. */
final class RangeAccumulator {
  private final Checksum crc32 = Crc.CRC32.start();
  private final Checksum crc32c = Crc.CRC32C.start();
  private ValueStatistics statistics = ValueStatistics.EMPTY;
  private long elementCount;

  /**
   * Adds a piece; ranges must be cut into the same pieces for their statistics to have the same
   * bits.
   *
   * @param bytes the same values as bytes
   */
  void add(ValueStatistics piece, byte[] bytes, int offset, int lengthBytes) {
    addBytes(bytes, offset, lengthBytes, piece.count());
    statistics = statistics.merge(piece);
  }

  /** Adds values to the digest alone. */
  void addBytes(byte[] bytes, int offset, int lengthBytes, long count) {
    crc32.update(bytes, offset, lengthBytes);
    crc32c.update(bytes, offset, lengthBytes);
    elementCount += count;
  }

  /** Returns what the range holds. */
  RangeResult result(ShardRange range) {
    return new RangeResult(range, elementCount, digest(), statistics);
  }

  /** Returns the digest so far. */
  TensorDigest digest() {
    return new TensorDigest((int) crc32.getValue(), (int) crc32c.getValue());
  }
}
