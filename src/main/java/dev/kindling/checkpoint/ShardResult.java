package dev.kindling.checkpoint;

import java.io.Serializable;
import java.util.List;

/**
 * What is known of a shard once its file stands: the same whether it was just written or found and
 * kept.
 *
 * @param number its number
 * @param path its file, relative to the checkpoint's folder
 * @param lengthBytes length of the file
 * @param crc32c CRC-32C of the whole file
 * @param ranges what it holds, in order
 */
public record ShardResult(
    int number, String path, long lengthBytes, int crc32c, List<RangeResult> ranges)
    implements Serializable {
  public ShardResult {
    ranges = List.copyOf(ranges);
  }
}
