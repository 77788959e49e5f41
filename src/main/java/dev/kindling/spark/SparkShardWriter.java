package dev.kindling.spark;

import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.CheckpointJob;
import dev.kindling.checkpoint.CheckpointLayout;
import dev.kindling.checkpoint.ShardResult;
import dev.kindling.checkpoint.ShardSpec;
import dev.kindling.checkpoint.ShardTask;
import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.RecipeValues;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;

/** Writes the shards of a checkpoint on executors, one task per shard. */
public final class SparkShardWriter {
  private final JavaSparkContext context;
  private final KernelsMode kernels;
  private final Consumer<String> progress;

  /**
   * Prepares to work.
   *
   * @param kernels which kernels to draw with
   * @param progress receives a line every few seconds
   */
  public SparkShardWriter(
      JavaSparkContext context, KernelsMode kernels, Consumer<String> progress) {
    this.context = context;
    this.kernels = kernels;
    this.progress = progress;
  }

  /** Returns what some shards of a job hold once all of them stand. */
  public List<ShardResult> write(
      CheckpointJob job,
      List<ShardSpec> shards,
      CheckpointFiles files,
      CheckpointLayout layout,
      long seed) {
    if (shards.isEmpty()) {
      return List.of();
    }
    PieceFolder pieces =
        new PieceFolder(
            job.pieces().toString(),
            context.sc().applicationId(),
            new HadoopFiles(context.hadoopConfiguration()));
    Set<RecipeEntry> missing = new LinkedHashSet<>();
    job.missing(shards).forEach(shard -> missing.addAll(job.entries(shard)));
    new SparkFactors(context, kernels, progress).make(missing, seed, layout.dtype(), pieces);
    List<Work> work = new ArrayList<>();
    shards.forEach(spec -> work.add(new Work(spec, List.copyOf(job.entries(spec)))));
    // Later rows of an orthogonal matrix take longer, so they go first.
    Collections.reverse(work);
    Setting setting = new Setting(files.out().toString(), job.id(), layout, seed, kernels, pieces);
    context.setJobDescription("materialise: " + files.out());
    TaskProgress listener = new TaskProgress("Wrote", work.size(), "shards", progress);
    context.sc().addSparkListener(listener);
    try {
      return context.parallelize(work, work.size()).map(setting::write).collect();
    } finally {
      context.sc().removeSparkListener(listener);
    }
  }

  /**
   * A shard and all that its task needs of the recipe.
   *
   * @param spec what it holds
   * @param entries entries of its tensors
   */
  record Work(ShardSpec spec, List<RecipeEntry> entries) implements Serializable {}

  /**
   * What all tasks share.
   *
   * @param out folder of the checkpoint
   * @param id id of its data
   * @param layout its output settings
   * @param seed seed of every draw
   * @param kernels which kernels to draw with
   * @param pieces where tasks find pieces of factors; knows the application and the file systems
   */
  private record Setting(
      String out,
      String id,
      CheckpointLayout layout,
      long seed,
      KernelsMode kernels,
      PieceFolder pieces)
      implements Serializable {
    ShardResult write(Work work) {
      Path folder = new Path(out);
      HadoopFiles hadoop = pieces.hadoop();
      try {
        CheckpointFiles files = CheckpointFiles.of(hadoop.of(folder), folder);
        Kernels loaded = ExecutorKernels.load(kernels);
        RecipeValues values = new RecipeValues(seed, loaded, hadoop, pieces.open());
        return new ShardTask(files, id, layout, work.spec(), work.entries(), values, loaded)
            .run(pieces.application(), String.valueOf(TaskContext.get().taskAttemptId()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
