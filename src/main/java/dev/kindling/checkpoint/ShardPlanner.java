package dev.kindling.checkpoint;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.InputException;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Source;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts the float tensors of a recipe into shards: every row once, in the order of the recipe. A
 * shard takes rows until the next would exceed the shard size, so small tensors share a file; a
 * shard of a factorised tensor takes at most {@link #FACTORISED_ROWS} rows of its matrix, since
 * their cost grows with the row and they are drawn in parallel. Time and memory go with the number
 * of tensors and shards, not with that of rows.
 */
public final class ShardPlanner {
  /**
   * The most rows of a factorised tensor's matrix in a shard, rounded down to whole checkpoint rows
   * but at least one.
   */
  public static final long FACTORISED_ROWS = 512;

  /** More files than this are a mistake in the shard size. */
  static final int MAX_SHARDS = 1_000_000;

  private final CheckpointLayout layout;
  private final List<ShardSpec> shards = new ArrayList<>();
  private List<ShardRange> ranges = new ArrayList<>();
  private long freeBytes;

  private ShardPlanner(CheckpointLayout layout) {
    this.layout = layout;
    this.freeBytes = layout.shardBytes();
  }

  /**
   * Returns the shards of a recipe's checkpoint, the same for the same arguments.
   *
   * @throws ConfigurationException if there would be more than a million
   * @throws InputException if a tensor's name holds a control character, which the digest's lines
   *     cannot
   */
  public static List<ShardSpec> plan(Recipe recipe, CheckpointLayout layout) {
    ShardPlanner planner = new ShardPlanner(layout);
    recipe.entries().stream().filter(entry -> entry.type().isFloat()).forEach(planner::add);
    planner.close();
    return List.copyOf(planner.shards);
  }

  private void add(RecipeEntry entry) {
    if (entry.tensor().chars().anyMatch(Character::isISOControl)) {
      throw new InputException(
          "Cannot write tensor '%s': its name holds a control character, rename it"
              .formatted(entry.tensor().replaceAll("\\p{Cntrl}", "?")));
    }
    long rowCount = RowLength.rowCount(entry.shape());
    long most = mostRows(entry);
    long row = 0;
    while (row < rowCount) {
      long count = Math.min(rowCount - row, Math.min(most, fittingRows(entry)));
      take(entry, row, count);
      row += count;
      if (row < rowCount) {
        close();
      }
    }
  }

  /** Closes the shard if not one more row fits, and returns how many rows fit, at least one. */
  private long fittingRows(RecipeEntry entry) {
    long rowBytes = rowBytes(entry);
    if (freeBytes < rowBytes) {
      close();
    }
    return Math.max(1, freeBytes / rowBytes);
  }

  private void take(RecipeEntry entry, long firstRow, long rowCount) {
    ranges.add(new ShardRange(entry.tensor(), firstRow, rowCount));
    freeBytes -= rowCount * rowBytes(entry);
  }

  private void close() {
    if (!ranges.isEmpty()) {
      if (shards.size() == MAX_SHARDS) {
        throw new ConfigurationException(
            "Cannot cut the checkpoint into shards: more than %d files (shard-bytes is %d), use larger shards"
                .formatted(MAX_SHARDS, layout.shardBytes()));
      }
      shards.add(new ShardSpec(shards.size(), ranges));
    }
    ranges = new ArrayList<>();
    freeBytes = layout.shardBytes();
  }

  private long rowBytes(RecipeEntry entry) {
    return layout.rowBytes(RowLength.of(entry.shape()));
  }

  private static long mostRows(RecipeEntry entry) {
    if (!isFactorised(entry) || entry.shape().elementCount() == 0) {
      return Long.MAX_VALUE;
    }
    long matrixRows = Math.min(FACTORISED_ROWS, entry.rows());
    return Math.max(1, matrixRows * entry.columns() / RowLength.of(entry.shape()));
  }

  private static boolean isFactorised(RecipeEntry entry) {
    return entry.source() instanceof Source.Drawn drawn
        && drawn.blocks().stream()
            .anyMatch(block -> block.scheme().draw(block.fans()).isFactorised());
  }
}
