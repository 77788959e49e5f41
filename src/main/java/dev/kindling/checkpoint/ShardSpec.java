package dev.kindling.checkpoint;

import dev.kindling.base.Require;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;

/**
 * What one file of a checkpoint holds.
 *
 * @param number its number, from 0 in the order of the checkpoint
 * @param ranges ranges of rows, in the order of the recipe; at most one per tensor
 */
public record ShardSpec(int number, List<ShardRange> ranges) implements Serializable {
  public ShardSpec {
    Require.notNegative(number, "shard number");
    Require.positive(ranges.size(), "number of ranges");
    ranges = List.copyOf(ranges);
  }

  /** Returns the file's name, {@code part-00000.parquet}. */
  public String fileName() {
    return fileName(number);
  }

  static String fileName(int number) {
    return String.format(Locale.ROOT, "part-%05d.parquet", number);
  }
}
