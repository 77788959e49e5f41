package dev.kindling.checkpoint;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.ResourceException;
import dev.kindling.base.VerificationException;
import dev.kindling.kernel.Kernels;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.TensorValues;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Writes the checkpoint of a recipe: {@link #prepare}, one {@link #task} per shard anywhere, {@link
 * #finish} with what they returned, and {@link #clean} once nobody writes any more. Only {@code
 * finish} makes the checkpoint exist.
 */
public final class CheckpointJob {
  private final CheckpointFiles files;
  private final FileStore store;
  private final Recipe recipe;
  private final String recipeJson;
  private final String runId;
  private final CheckpointLayout layout;
  private final String id;
  private final List<ShardSpec> shards;
  private final Map<String, RecipeEntry> entries;

  private CheckpointJob(
      CheckpointFiles files,
      FileStore store,
      Recipe recipe,
      String recipeJson,
      String runId,
      CheckpointLayout layout) {
    this.files = files;
    this.store = store;
    this.recipe = recipe;
    this.recipeJson = recipeJson;
    this.runId = runId;
    this.layout = layout;
    this.id = CheckpointId.of(recipeJson, layout);
    this.shards = ShardPlanner.plan(recipe, layout);
    this.entries =
        recipe.entries().stream()
            .collect(Collectors.toMap(RecipeEntry::tensor, Function.identity()));
  }

  /**
   * Returns the job; creates nothing.
   *
   * @param recipe the final recipe
   * @param recipeJson the same as JSON
   * @param runId id of the run
   */
  public static CheckpointJob plan(
      CheckpointFiles files,
      Recipe recipe,
      String recipeJson,
      String runId,
      CheckpointLayout layout) {
    FileStore store = FileStore.of(files.fileSystem());
    return plan(files, store, recipe, recipeJson, runId, layout);
  }

  static CheckpointJob plan(
      CheckpointFiles files,
      FileStore store,
      Recipe recipe,
      String recipeJson,
      String runId,
      CheckpointLayout layout) {
    return new CheckpointJob(files, store, recipe, recipeJson, runId, layout);
  }

  /** Returns the id of the shards. */
  public String id() {
    return id;
  }

  /** Returns the folder for pieces of factors that its tasks share. */
  public Path pieces() {
    return files.pieces(runId);
  }

  /** Returns those of some shards that no file stands for, whole or not. */
  public List<ShardSpec> missing(List<ShardSpec> some) {
    Set<String> standing = new HashSet<>();
    try {
      for (FileStatus file : files.fileSystem().listStatus(files.data(id))) {
        standing.add(file.getPath().getName());
      }
    } catch (IOException e) {
      return some;
    }
    return some.stream().filter(shard -> !standing.contains(shard.fileName())).toList();
  }

  /** Returns the shards that the checkpoint consists of. */
  public List<ShardSpec> shards() {
    return shards;
  }

  /** Returns the entries of a shard's tensors, all that its task needs of the recipe. */
  public List<RecipeEntry> entries(ShardSpec spec) {
    return spec.ranges().stream().map(range -> entries.get(range.tensor())).toList();
  }

  /**
   * Creates the folders.
   *
   * @throws ConfigurationException if that is not possible
   */
  public void prepare() {
    try {
      if (!files.fileSystem().mkdirs(files.temporary(id))) {
        throw new IOException("folder cannot be created");
      }
    } catch (IOException e) {
      throw new ConfigurationException(
          "Cannot write a checkpoint to '%s': %s".formatted(files.name(), Failures.reason(e)));
    }
  }

  /** Returns the task of a shard, to be run in this JVM. */
  ShardTask task(ShardSpec spec, TensorValues values, Kernels kernels) {
    return new ShardTask(files, store, id, layout, spec, entries(spec), values, kernels);
  }

  /**
   * Writes the manifest, unless one with this id stands already. Before that it is read again:
   * another checkpoint that was not there when the run began is left alone.
   *
   * @param results what the tasks returned, one per shard, in any order
   * @param calibrationJson what the calibration says of itself
   * @param before what the folder held when the run began
   * @param existing whether another checkpoint may be replaced
   * @param application names the application, unique among those that write here
   * @return the manifest that stands
   * @throws ConfigurationException if another checkpoint is in the way; the shards of this one have
   *     been removed
   * @throws ResourceException if a shard has gone or the file system failed
   */
  public Manifest finish(
      List<ShardResult> results,
      Optional<String> calibrationJson,
      OutputState before,
      ExistingOutput existing,
      String application) {
    Manifest manifest =
        ManifestAssembler.assemble(recipe, recipeJson, runId, layout, results, calibrationJson);
    Optional<String> found = manifestId();
    if (found.isPresent() && found.get().equals(id)) {
      return ManifestFile.load(files);
    }
    requireNoOther(before, existing);
    manifest.shards().forEach(this::requireThere);
    ManifestFile.write(files, store, manifest, application);
    return manifest;
  }

  /**
   * Removes what is not part of the checkpoint, as {@link Leftovers#remove} does.
   *
   * @param stale ids that stood there when the run began
   * @throws ResourceException if the file system failed
   */
  public void clean(Set<String> stale) {
    leftovers().remove(stale);
  }

  /**
   * Removes what is being written and pieces of factors, once nobody writes any more.
   *
   * @throws ResourceException if the file system failed
   */
  public void cleanTemporary() {
    leftovers().removeTemporary();
  }

  private Leftovers leftovers() {
    return new Leftovers(files, id, runId);
  }

  /**
   * Refuses to go on if another checkpoint has been finished in the folder since the run began.
   *
   * @throws ConfigurationException if so, unless it may be replaced; this run's shards have been
   *     removed
   */
  public void requireNoOther(OutputState before, ExistingOutput existing) {
    overtaker(before).ifPresent(other -> requireOverwrite(existing, other));
  }

  /** Returns the id of another checkpoint that was finished in the folder since the run began. */
  public Optional<String> overtaker(OutputState before) {
    Optional<String> old = before.manifestId();
    return manifestId().filter(found -> !found.equals(id) && !old.equals(Optional.of(found)));
  }

  private Optional<String> manifestId() {
    try {
      return ManifestFile.find(files).map(Manifest::id);
    } catch (VerificationException e) {
      return Optional.empty();
    }
  }

  private void requireOverwrite(ExistingOutput existing, String otherId) {
    switch (existing) {
      case OVERWRITE -> {}
      case REFUSE -> {
        leftovers().removeOwn();
        throw new ConfigurationException(
            "Cannot write manifest to '%s': another checkpoint (id %s) was finished there during this run; choose another folder or give --overwrite"
                .formatted(files.name(), otherId));
      }
    }
  }

  private void requireThere(ManifestShard shard) {
    try {
      long length = files.fileSystem().getFileStatus(files.resolve(shard.path())).getLen();
      if (length != shard.lengthBytes()) {
        throw new IOException(
            "its length changed (expected %d, found %d)".formatted(shard.lengthBytes(), length));
      }
    } catch (IOException e) {
      throw new ResourceException(
          "Cannot finish checkpoint '%s': shard '%s' has gone or changed, run again: %s"
              .formatted(files.name(), shard.path(), Failures.reason(e)),
          e);
    }
  }
}
