package dev.kindling.checkpoint;

import dev.kindling.base.ResourceException;
import dev.kindling.base.VerificationException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What runs leave in a checkpoint's folder beside the checkpoint.
 *
 * @param files the folder
 * @param id id of the shards that the run wrote
 * @param runId id of the run
 */
record Leftovers(CheckpointFiles files, String id, String runId) {
  /**
   * Removes temporary files, the run's journal, pieces of factors that killed runs left, what Spark
   * leaves, and shards of other ids, which readers of {@code data/*}{@code /*.parquet} would take
   * for ours. A folder of shards without one for temporary files belongs to nobody who still
   * writes; if the manifest does not name it, another one has replaced its own.
   *
   * @param stale ids that stood there when the run began and may go; ids that came later may belong
   *     to a run that is still going on
   * @throws ResourceException if the file system failed
   */
  void remove(Set<String> stale) {
    try {
      delete(files.temporary(id));
      delete(files.run(runId));
      deletePieces();
      deleteIfEmpty(files.runs());
      deleteShards(stale);
      delete(new Path(files.out(), "_temporary"));
      delete(new Path(files.out(), "_SUCCESS"));
    } catch (IOException e) {
      throw new ResourceException(
          "Cannot clean up '%s', the checkpoint itself is complete: %s"
              .formatted(files.name(), Failures.reason(e)),
          e);
    }
  }

  /**
   * Removes what is being written and pieces of factors.
   *
   * @throws ResourceException if the file system failed
   */
  void removeTemporary() {
    try {
      delete(files.temporary(id));
      deletePieces();
      deleteIfEmpty(files.runs());
    } catch (IOException e) {
      throw new ResourceException(
          "Cannot clean up '%s': %s".formatted(files.name(), Failures.reason(e)), e);
    }
  }

  /**
   * Removes all that the run wrote.
   *
   * @throws ResourceException if the file system failed
   */
  void removeOwn() {
    try {
      delete(files.data(id));
      delete(files.run(runId));
      deleteIfEmpty(files.runs());
    } catch (IOException e) {
      throw new ResourceException(
          "Cannot remove '%s': %s".formatted(files.data(id), Failures.reason(e)), e);
    }
  }

  private void deleteShards(Set<String> stale) throws IOException {
    Set<String> unused = new TreeSet<>(stale);
    for (String other : files.ids()) {
      if (!files.fileSystem().exists(files.temporary(other))) {
        unused.add(other);
      }
    }
    // Read after that: a run that has finished meanwhile has written its manifest before its
    // temporary files went.
    Optional<String> standing = standing();
    if (standing.isPresent()) {
      unused.remove(standing.get());
      for (String other : unused) {
        delete(files.data(other));
      }
    }
  }

  private Optional<String> standing() {
    try {
      return ManifestFile.find(files).map(Manifest::id);
    } catch (VerificationException e) {
      return Optional.empty();
    }
  }

  private void delete(Path path) throws IOException {
    files.fileSystem().delete(path, true);
  }

  /** Of all runs: nobody needs them to be right, and those of large matrices are large. */
  private void deletePieces() throws IOException {
    try {
      for (FileStatus run : files.fileSystem().listStatus(files.runs())) {
        delete(CheckpointFiles.pieces(run.getPath()));
        deleteIfEmpty(run.getPath());
      }
    } catch (FileNotFoundException e) {
      // Nothing to remove.
      return;
    }
  }

  private void deleteIfEmpty(Path folder) throws IOException {
    FileSystem fs = files.fileSystem();
    try {
      if (fs.listStatus(folder).length == 0) {
        fs.delete(folder, false);
      }
    } catch (FileNotFoundException e) {
      // Nothing to remove.
      return;
    }
  }
}
