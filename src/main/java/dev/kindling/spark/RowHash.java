package dev.kindling.spark;

import dev.kindling.base.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Keyed hashes that put rows in an order which depends on the seed and on their content alone. The
 * first 16 bytes of SHA-256, in hexadecimal.
 */
final class RowHash {
  private static final int BYTES = 16;

  private RowHash() {}

  /** Returns the hash of the bytes that a row gives to the graph. */
  static String ofContent(long seed, byte[] row) {
    MessageDigest digest = Sha256.start();
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(seed).array());
    return hex(digest.digest(row), BYTES);
  }

  /** Returns the hash that ranks one of several equal rows. */
  static String ofOccurrence(String content, long occurrence) {
    return hex(Sha256.of((content + ":" + occurrence).getBytes(StandardCharsets.US_ASCII)), BYTES);
  }

  /** Returns the digest of a sample, all of SHA-256, from the hashes of its rows in their order. */
  static String ofSample(List<String> contents) {
    MessageDigest digest = Sha256.start();
    contents.forEach(content -> digest.update(content.getBytes(StandardCharsets.US_ASCII)));
    byte[] bytes = digest.digest();
    return hex(bytes, bytes.length);
  }

  private static String hex(byte[] digest, int length) {
    return HexFormat.of().formatHex(Arrays.copyOf(digest, length));
  }
}
