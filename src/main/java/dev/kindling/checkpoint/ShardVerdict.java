package dev.kindling.checkpoint;

import java.io.Serializable;
import java.util.List;

/**
 * What the verification of one shard found.
 *
 * @param number number of the shard
 * @param valueCount values that were read
 * @param problems what is wrong, one line each; empty if nothing is
 */
public record ShardVerdict(int number, long valueCount, List<String> problems)
    implements Serializable {
  public ShardVerdict {
    problems = List.copyOf(problems);
  }

  /** Returns whether nothing is wrong. */
  public boolean isGood() {
    return problems.isEmpty();
  }
}
