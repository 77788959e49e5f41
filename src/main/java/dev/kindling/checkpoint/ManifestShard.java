package dev.kindling.checkpoint;

import dev.kindling.base.Require;
import java.io.Serializable;
import java.util.List;

/**
 * A shard as the manifest has it.
 *
 * @param number its number
 * @param path its file, relative to the checkpoint's folder
 * @param lengthBytes length of the file
 * @param crc32c CRC-32C of the whole file
 * @param ranges what it holds, in order
 */
public record ManifestShard(
    int number, String path, long lengthBytes, int crc32c, List<ManifestRange> ranges)
    implements Serializable {
  public ManifestShard {
    Require.notBlank(path, "path");
    Require.notNegative(lengthBytes, "length");
    ranges = List.copyOf(ranges);
  }

  static ManifestShard of(ShardResult result) {
    List<ManifestRange> ranges =
        result.ranges().stream()
            .map(range -> new ManifestRange(range.range(), range.elementCount(), range.digest()))
            .toList();
    return new ManifestShard(
        result.number(), result.path(), result.lengthBytes(), result.crc32c(), ranges);
  }
}
