package dev.kindling.checkpoint;

import dev.kindling.base.ResourceException;
import dev.kindling.kernel.Kernels;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.TensorValues;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/**
 * Makes one shard stand in its place, by keeping it or by writing it. Any number of attempts may do
 * so at once: name and bytes depend on what the id hashes alone. Made where it runs; what travels
 * is the {@link ShardSpec}.
 */
public final class ShardTask {
  private final CheckpointFiles files;
  private final FileStore store;
  private final String id;
  private final CheckpointLayout layout;
  private final ShardSpec spec;
  private final Map<String, RecipeEntry> entries;
  private final TensorValues values;
  private final Kernels kernels;

  /**
   * Prepares a task.
   *
   * @param id id of the checkpoint
   * @param entries entries of the recipe, those of the shard at least
   * @param values gives the values
   * @param kernels sums them up
   */
  public ShardTask(
      CheckpointFiles files,
      String id,
      CheckpointLayout layout,
      ShardSpec spec,
      List<RecipeEntry> entries,
      TensorValues values,
      Kernels kernels) {
    this(files, FileStore.of(files.fileSystem()), id, layout, spec, entries, values, kernels);
  }

  ShardTask(
      CheckpointFiles files,
      FileStore store,
      String id,
      CheckpointLayout layout,
      ShardSpec spec,
      List<RecipeEntry> entries,
      TensorValues values,
      Kernels kernels) {
    this.files = files;
    this.store = store;
    this.id = id;
    this.layout = layout;
    this.spec = spec;
    this.entries =
        entries.stream().collect(Collectors.toMap(RecipeEntry::tensor, Function.identity()));
    this.values = values;
    this.kernels = kernels;
  }

  /**
   * Returns what the shard holds once its file stands. A file that is there already is kept if its
   * footer names this id, number and ranges and all its bytes are read back as they were written;
   * otherwise it is written again. An attempt that fails to put its file in place succeeds if
   * another has done so meanwhile.
   *
   * @param application names the application that writes, unique among those that write this
   *     checkpoint
   * @param attempt names the attempt, unique within the application
   * @throws ResourceException if the file system failed
   */
  public ShardResult run(String application, String attempt) {
    try {
      Optional<ShardResult> kept = kept();
      return kept.isPresent() ? kept.get() : write(application, attempt);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private ShardResult write(String application, String attempt) throws IOException {
    Path temporary =
        new Path(files.temporary(id), "%s-%s-%05d".formatted(application, attempt, spec.number()));
    String path = CheckpointFiles.relativePath(id, spec);
    ShardWriter writer = new ShardWriter(id, layout, entries, values, kernels);
    try {
      return store.write(temporary, files.resolve(path), out -> writer.write(spec, path, out));
    } catch (IOException e) {
      return keptAfter(e);
    }
  }

  private ShardResult keptAfter(IOException failure) throws IOException {
    try {
      return kept().orElseThrow(() -> failure);
    } catch (IOException e) {
      if (e != failure) {
        failure.addSuppressed(e);
      }
      throw failure;
    }
  }

  private Optional<ShardResult> kept() throws IOException {
    String path = CheckpointFiles.relativePath(id, spec);
    try (ShardReader reader = ShardReader.open(files.fileSystem(), files.resolve(path), layout)) {
      return isOurs(reader.identity())
          ? Optional.of(reader.readAll(path, kernels))
          : Optional.empty();
    } catch (DamagedShardException | FileNotFoundException e) {
      return Optional.empty();
    }
  }

  private boolean isOurs(ShardIdentity identity) {
    return identity.id().equals(id)
        && identity.number() == spec.number()
        && identity.ranges().stream()
            .map(ShardIdentity.StoredRange::range)
            .toList()
            .equals(spec.ranges())
        && identity.ranges().stream().allMatch(this::hasRowLengthOfEntry);
  }

  private boolean hasRowLengthOfEntry(ShardIdentity.StoredRange stored) {
    return stored.rowLength() == RowLength.of(entries.get(stored.range().tensor()).shape());
  }

  private ResourceException failure(IOException cause) {
    return new ResourceException(
        "Cannot write shard '%s' in %s: %s"
            .formatted(
                CheckpointFiles.relativePath(id, spec), files.name(), Failures.reason(cause)),
        cause);
  }
}
