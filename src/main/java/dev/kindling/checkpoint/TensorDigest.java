package dev.kindling.checkpoint;

import java.io.Serializable;

/**
 * What identifies the values of a tensor or of a range of it: the checks of its little-endian bytes
 * in the checkpoint's element type, in index order. Digests of neighbouring ranges combine, so any
 * sharding gives the same; the first is zlib's {@code crc32}.
 *
 * @param crc32 CRC-32 (polynomial 04C11DB7, as zlib, PNG, gzip)
 * @param crc32c CRC-32C (Castagnoli, polynomial 1EDC6F41, as iSCSI)
 */
public record TensorDigest(int crc32, int crc32c) implements Serializable {
  /** The digest of no values. */
  public static final TensorDigest EMPTY = new TensorDigest(0, 0);

  /** Returns the digest of {@code length} bytes of an array. */
  public static TensorDigest of(byte[] bytes, int offset, int length) {
    return new TensorDigest(
        Crc.CRC32.of(bytes, offset, length), Crc.CRC32C.of(bytes, offset, length));
  }

  /**
   * Returns the digest of this range followed by the next.
   *
   * @param next digest of the range behind this one
   * @param nextLengthBytes its length in bytes
   */
  public TensorDigest combine(TensorDigest next, long nextLengthBytes) {
    return new TensorDigest(
        Crc.CRC32.combine(crc32, next.crc32, nextLengthBytes),
        Crc.CRC32C.combine(crc32c, next.crc32c, nextLengthBytes));
  }

  /** Returns both as hexadecimal digits: {@code 0a1b2c3d/4e5f6071}. */
  @Override
  public String toString() {
    return Crc.hex(crc32) + "/" + Crc.hex(crc32c);
  }
}
