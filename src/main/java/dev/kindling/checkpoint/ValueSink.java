package dev.kindling.checkpoint;

/** Receives the values of a shard, page by page in the order of the file. */
@FunctionalInterface
interface ValueSink {
  /** Takes nothing. */
  ValueSink NONE = (range, start, values, count) -> {};

  /**
   * Takes a page.
   *
   * @param range what it belongs to
   * @param start flat index of its first value
   * @param values the values, valid during the call
   * @param count number of values
   */
  void page(ShardIdentity.StoredRange range, long start, float[] values, int count);
}
