package dev.kindling.checkpoint;

/** Receives the values of a shard, page by page in the order of the file. */
@FunctionalInterface
interface ValueSink {
  /** Takes nothing. */
  ValueSink NONE = (range, start, bytes, offset, count) -> {};

  /**
   * Takes a page.
   *
   * @param range what it belongs to
   * @param start flat index of its first value
   * @param bytes holds the values, little-endian in the checkpoint's element type; valid during the
   *     call
   * @param offset where the first begins
   * @param count number of values
   */
  void page(ShardIdentity.StoredRange range, long start, byte[] bytes, int offset, int count);
}
