package dev.kindling.spark;

import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.CheckpointLayout;
import dev.kindling.checkpoint.Manifest;
import dev.kindling.checkpoint.ManifestShard;
import dev.kindling.checkpoint.ShardVerdict;
import dev.kindling.checkpoint.ShardVerifier;
import dev.kindling.checkpoint.VerifyMode;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.RecipeValues;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/** Verifies the shards of a checkpoint on executors, one task per shard. */
public final class SparkVerifier {
  private final JavaSparkContext context;
  private final KernelsMode kernels;
  private final Consumer<String> progress;

  /**
   * Prepares to work.
   *
   * @param kernels which kernels to draw with
   * @param progress receives a line every few seconds
   */
  public SparkVerifier(JavaSparkContext context, KernelsMode kernels, Consumer<String> progress) {
    this.context = context;
    this.kernels = kernels;
    this.progress = progress;
  }

  /** Returns a verdict per shard, in the given order. */
  public List<ShardVerdict> verify(
      CheckpointFiles files,
      Manifest manifest,
      List<ManifestShard> shards,
      Recipe recipe,
      VerifyMode mode) {
    List<Work> work =
        shards.stream().map(shard -> new Work(shard, entries(shard, recipe))).toList();
    if (work.isEmpty()) {
      return List.of();
    }
    Setting setting =
        new Setting(
            files.out().toString(),
            manifest.id(),
            manifest.layout(),
            recipe.seed(),
            mode,
            kernels,
            new HadoopFiles(context.hadoopConfiguration()));
    context.setJobDescription("verify: " + files.out());
    ShardProgress listener = new ShardProgress("Verified", work.size(), progress);
    context.sc().addSparkListener(listener);
    try {
      return context.parallelize(work, work.size()).map(setting::verify).collect();
    } finally {
      context.sc().removeSparkListener(listener);
    }
  }

  private static List<RecipeEntry> entries(ManifestShard shard, Recipe recipe) {
    Set<String> tensors =
        shard.ranges().stream().map(range -> range.range().tensor()).collect(Collectors.toSet());
    return List.copyOf(
        recipe.entries().stream().filter(entry -> tensors.contains(entry.tensor())).toList());
  }

  /**
   * A shard and the entries of its tensors.
   *
   * @param shard what the manifest says of it
   */
  record Work(ManifestShard shard, List<RecipeEntry> entries) implements Serializable {}

  /**
   * What all tasks share.
   *
   * @param out folder of the checkpoint
   * @param id id of its data
   * @param layout its output settings
   * @param seed seed of every draw
   * @param mode how far to go
   * @param kernels which kernels to draw with
   * @param hadoop file systems
   */
  private record Setting(
      String out,
      String id,
      CheckpointLayout layout,
      long seed,
      VerifyMode mode,
      KernelsMode kernels,
      HadoopFiles hadoop)
      implements Serializable {
    ShardVerdict verify(Work work) {
      Path folder = new Path(out);
      try {
        CheckpointFiles files = CheckpointFiles.of(hadoop.of(folder), folder);
        RecipeValues values = new RecipeValues(seed, ExecutorKernels.load(kernels), hadoop);
        return new ShardVerifier(files, id, layout, work.shard(), work.entries(), values, mode)
            .verify();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
