package dev.kindling.spark;

import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.CheckpointLayout;
import dev.kindling.checkpoint.Manifest;
import dev.kindling.checkpoint.ManifestShard;
import dev.kindling.checkpoint.ShardVerdict;
import dev.kindling.checkpoint.ShardVerifier;
import dev.kindling.checkpoint.VerifyMode;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.model.ElementType;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.RecipeValues;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/** Verifies the shards of a checkpoint on executors, one task per shard. */
public final class SparkVerifier {
  private final JavaSparkContext context;
  private final KernelsMode kernels;
  private final Optional<Path> scratch;
  private final Consumer<String> progress;

  /**
   * Prepares to work.
   *
   * @param kernels which kernels to draw with
   * @param scratch a folder that all executors reach, for pieces of factors; without one each
   *     executor computes the factors that it needs as a whole
   * @param progress receives a line every few seconds
   */
  public SparkVerifier(
      JavaSparkContext context,
      KernelsMode kernels,
      Optional<Path> scratch,
      Consumer<String> progress) {
    this.scratch = scratch;
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
    List<Work> work = new ArrayList<>();
    shards.forEach(shard -> work.add(new Work(shard, entries(shard, recipe))));
    if (work.isEmpty()) {
      return List.of();
    }
    PieceSource pieces =
        mode == VerifyMode.VALUES && scratch.isPresent()
            ? factors(work, recipe.seed(), manifest.layout().dtype(), scratch.get())
            : PieceSource.NONE;
    Setting setting =
        new Setting(
            files.out().toString(),
            manifest.id(),
            manifest.layout(),
            recipe.seed(),
            mode,
            kernels,
            new HadoopFiles(context.hadoopConfiguration()),
            pieces);
    context.setJobDescription("verify: " + files.out());
    TaskProgress listener = new TaskProgress("Verified", work.size(), "shards", progress);
    context.sc().addSparkListener(listener);
    try {
      // Later rows of an orthogonal matrix take longer, so they go first.
      Collections.reverse(work);
      List<ShardVerdict> verdicts =
          new ArrayList<>(context.parallelize(work, work.size()).map(setting::verify).collect());
      Collections.reverse(verdicts);
      return verdicts;
    } finally {
      context.sc().removeSparkListener(listener);
    }
  }

  /** Makes the factors that shards need, and returns where they are. */
  private PieceFolder factors(List<Work> work, long seed, ElementType dtype, Path folder) {
    PieceFolder pieces =
        new PieceFolder(
            folder.toString(),
            context.sc().applicationId(),
            new HadoopFiles(context.hadoopConfiguration()));
    Set<RecipeEntry> entries = new LinkedHashSet<>();
    work.forEach(item -> entries.addAll(item.entries()));
    new SparkFactors(context, kernels, progress).make(entries, seed, dtype, pieces);
    return pieces;
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
   * @param pieces where tasks find pieces of factors
   */
  private record Setting(
      String out,
      String id,
      CheckpointLayout layout,
      long seed,
      VerifyMode mode,
      KernelsMode kernels,
      HadoopFiles hadoop,
      PieceSource pieces)
      implements Serializable {
    ShardVerdict verify(Work work) {
      Path folder = new Path(out);
      try {
        CheckpointFiles files = CheckpointFiles.of(hadoop.of(folder), folder);
        RecipeValues values =
            new RecipeValues(seed, ExecutorKernels.load(kernels), hadoop, pieces.open());
        return new ShardVerifier(files, id, layout, work.shard(), work.entries(), values, mode)
            .verify();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
