package dev.kindling.checkpoint;

import dev.kindling.recipe.Block;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Source;
import dev.kindling.scheme.Schemes;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Builds the manifest from what the shards' tasks returned. Digests and statistics are merged in
 * the order of the rows.
 */
final class ManifestAssembler {
  private final CheckpointLayout layout;
  private final Map<String, Merged> merged = new HashMap<>();

  /** A tensor's ranges so far. */
  private record Merged(long endRow, TensorDigest digest, ValueStatistics statistics) {
    static final Merged NONE = new Merged(0, TensorDigest.EMPTY, ValueStatistics.EMPTY);

    Merged add(RangeResult next, int elementBytes) {
      if (next.range().firstRow() != endRow) {
        throw new IllegalArgumentException(
            "rows of tensor '%s' from %d on are missing".formatted(next.range().tensor(), endRow));
      }
      return new Merged(
          next.range().endRow(),
          digest.combine(next.digest(), next.elementCount() * elementBytes),
          statistics.merge(next.statistics()));
    }
  }

  private ManifestAssembler(CheckpointLayout layout) {
    this.layout = layout;
  }

  /**
   * Returns the manifest.
   *
   * @throws IllegalArgumentException if the results do not cover every row of every tensor once
   */
  static Manifest assemble(
      Recipe recipe,
      String recipeJson,
      String runId,
      CheckpointLayout layout,
      List<ShardResult> results,
      Optional<String> calibrationJson) {
    ManifestAssembler assembler = new ManifestAssembler(layout);
    List<ShardResult> ordered =
        results.stream().sorted(Comparator.comparing(ShardResult::number)).toList();
    ordered.stream().flatMap(shard -> shard.ranges().stream()).forEach(assembler::add);
    List<ManifestTensor> tensors =
        recipe.entries().stream()
            .filter(entry -> entry.type().isFloat())
            .map(assembler::tensor)
            .toList();
    return new Manifest(
        Manifest.FORMAT_VERSION,
        CheckpointId.WRITER_VERSION,
        CheckpointId.of(recipeJson, layout),
        runId,
        layout,
        CheckpointDigest.of(tensors),
        tensors,
        ordered.stream().map(ManifestShard::of).toList(),
        Json.canonical(recipeJson),
        calibrationJson.map(Json::canonical));
  }

  private void add(RangeResult range) {
    Merged before = merged.getOrDefault(range.range().tensor(), Merged.NONE);
    merged.put(range.range().tensor(), before.add(range, layout.dtype().bytes()));
  }

  private ManifestTensor tensor(RecipeEntry entry) {
    Merged tensor = merged.getOrDefault(entry.tensor(), Merged.NONE);
    if (tensor.endRow() != RowLength.rowCount(entry.shape())) {
      throw new IllegalArgumentException(
          "rows of tensor '%s' from %d on are missing".formatted(entry.tensor(), tensor.endRow()));
    }
    ValueStatistics statistics = tensor.statistics();
    boolean empty = statistics.count() == 0;
    return new ManifestTensor(
        entry.tensor(),
        layout.dtype(),
        entry.shape(),
        RowLength.of(entry.shape()),
        entry.role(),
        schemes(entry.source()),
        tensor.digest(),
        statistics.mean(),
        statistics.std(),
        empty ? 0 : statistics.min(),
        empty ? 0 : statistics.max());
  }

  private static List<String> schemes(Source source) {
    return source instanceof Source.Drawn drawn
        ? drawn.blocks().stream().map(Block::scheme).map(Schemes::name).distinct().toList()
        : List.of(source instanceof Source.External ? "external" : source.label());
  }
}
