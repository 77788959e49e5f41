package dev.kindling.cli;

import dev.kindling.base.ResourceException;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.CheckpointJob;
import dev.kindling.checkpoint.CheckpointLayout;
import dev.kindling.checkpoint.ExistingOutput;
import dev.kindling.checkpoint.Manifest;
import dev.kindling.checkpoint.OutputInspector;
import dev.kindling.checkpoint.OutputState;
import dev.kindling.checkpoint.ShardResult;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeJson;
import dev.kindling.spark.Cluster;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Turns a recipe into a checkpoint in one folder. */
final class Materialisation {
  private final CheckpointFiles files;
  private final CheckpointLayout layout;
  private final ExistingOutput existing;
  private final String runId;
  private final OutputState before;
  private final Set<String> idsBefore;

  /**
   * Looks at the folder; creates nothing.
   *
   * @throws dev.kindling.base.ConfigurationException if something else is in the way
   */
  Materialisation(
      CheckpointFiles files, CheckpointLayout layout, ExistingOutput existing, String runId) {
    this.files = files;
    this.layout = layout;
    this.existing = existing;
    this.runId = runId;
    this.before = OutputInspector.inspect(files, runId, layout, existing);
    this.idsBefore = files.ids();
  }

  /**
   * Returns the manifest if this very checkpoint is complete already, and removes what a run left
   * that was killed just after completing it. Shards of other ids may belong to a run that is going
   * to replace it; they stay unless the user has said that this run may replace others.
   */
  Optional<Manifest> complete() {
    if (!(before instanceof OutputState.Complete done)) {
      return Optional.empty();
    }
    Manifest manifest = done.manifest();
    Recipe recipe = RecipeJson.parse(manifest.recipeJson(), "the manifest");
    CheckpointJob job = CheckpointJob.plan(files, recipe, RecipeJson.toJson(recipe), runId, layout);
    // Otherwise another version wrote it, and the folder of its shards is not where we think.
    if (job.id().equals(manifest.id())) {
      job.clean(existing == ExistingOutput.OVERWRITE ? idsBefore : Set.of());
    }
    return Optional.of(manifest);
  }

  /**
   * Writes the checkpoint, ends Spark, since temporary files may go only when no task can be
   * writing, and cleans up.
   *
   * @param calibrationJson what the manifest keeps of a calibration
   */
  Manifest write(Cluster cluster, Recipe recipe, Optional<String> calibrationJson) {
    CheckpointJob job = CheckpointJob.plan(files, recipe, RecipeJson.toJson(recipe), runId, layout);
    cluster.requireSources(recipe);
    job.prepare();
    Manifest manifest = write(cluster, job, recipe.seed(), calibrationJson);
    cluster.close();
    job.clean(idsBefore);
    return manifest;
  }

  private Manifest write(
      Cluster cluster, CheckpointJob job, long seed, Optional<String> calibrationJson) {
    try {
      return attempt(cluster, job, seed, calibrationJson);
    } catch (ResourceException e) {
      // Whoever finished another checkpoint meanwhile has taken our shards for stale ones.
      if (job.overtaker(before).isEmpty()) {
        throw e;
      }
      cluster.awaitTasks();
      job.requireNoOther(before, existing);
      return attempt(cluster, job, seed, calibrationJson);
    }
  }

  private Manifest attempt(
      Cluster cluster, CheckpointJob job, long seed, Optional<String> calibrationJson) {
    List<ShardResult> results = cluster.write(job, files, layout, seed);
    if (job.overtaker(before).isPresent()) {
      // What we wrote may have to go, and an attempt that was outrun would write it again.
      cluster.awaitTasks();
    }
    return job.finish(results, calibrationJson, before, existing, cluster.applicationId());
  }

  /** Prints where the checkpoint is and what one does with it. */
  static void printSummary(Manifest manifest, CheckpointFiles files, PrintWriter out) {
    printTotals(manifest, files, out);
    printNext(files, out);
  }

  /** Prints what one does with a checkpoint. */
  static void printNext(CheckpointFiles files, PrintWriter out) {
    String folder = Names.of(files.out());
    out.printf("%nNext        jobs/kindling verify %s%n", folder);
    out.printf("            jobs/kindling inspect %s%n", folder);
    out.flush();
  }

  /** Prints where the checkpoint is and what it holds. */
  static void printTotals(Manifest manifest, CheckpointFiles files, PrintWriter out) {
    long elements =
        manifest.tensors().stream().mapToLong(tensor -> tensor.shape().elementCount()).sum();
    out.printf(
        Locale.ROOT,
        "%nCheckpoint  %s%n            %d tensors, %,d elements, %s in %d %s%n            digest %s%n",
        Names.of(files.out()),
        manifest.tensors().size(),
        elements,
        ByteSize.format(manifest.lengthBytes()),
        manifest.shards().size(),
        manifest.shards().size() == 1 ? "file" : "files",
        manifest.digest());
  }
}
