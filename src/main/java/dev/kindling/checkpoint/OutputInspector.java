package dev.kindling.checkpoint;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.ResourceException;
import dev.kindling.base.VerificationException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;

/**
 * Looks at an output folder before a run and says whether the run may write there. Creates nothing.
 */
public final class OutputInspector {
  /** What else a folder of ours may hold; the last two are what Spark leaves. */
  private static final Set<String> OURS =
      Set.of(
          CheckpointFiles.MANIFEST,
          CheckpointFiles.DATA,
          CheckpointFiles.RUN,
          "_temporary",
          "_SUCCESS");

  private final CheckpointFiles files;
  private final String runId;
  private final CheckpointLayout layout;
  private final ExistingOutput existing;

  private OutputInspector(
      CheckpointFiles files, String runId, CheckpointLayout layout, ExistingOutput existing) {
    this.files = files;
    this.runId = runId;
    this.layout = layout;
    this.existing = existing;
  }

  /**
   * Returns what is there.
   *
   * @param runId id of the run that is to write there
   * @param layout its output settings
   * @param existing whether another checkpoint may be replaced
   * @throws ConfigurationException if the folder holds another checkpoint that may not be replaced,
   *     or files that are not ours, or is no folder, or may not be read
   * @throws ResourceException if the file system failed
   */
  public static OutputState inspect(
      CheckpointFiles files, String runId, CheckpointLayout layout, ExistingOutput existing) {
    try {
      return new OutputInspector(files, runId, layout, existing).state();
    } catch (AccessControlException e) {
      throw refused(files, "it may not be read: " + Failures.reason(e));
    } catch (IOException e) {
      throw new ResourceException(
          "Cannot look into output '%s': %s".formatted(files.name(), Failures.reason(e)), e);
    }
  }

  private OutputState state() throws IOException {
    FileStatus[] children;
    try {
      if (!files.fileSystem().getFileStatus(files.out()).isDirectory()) {
        throw refused(files, "it is a file, not a folder");
      }
      children = files.fileSystem().listStatus(files.out());
    } catch (FileNotFoundException e) {
      requireFolderAbove();
      return new OutputState.Empty();
    }
    for (FileStatus child : children) {
      requireOurs(child);
    }
    return children.length == 0 ? new OutputState.Empty() : stateOfManifest();
  }

  private void requireFolderAbove() throws IOException {
    Path above = files.out().getParent();
    while (above != null && !files.fileSystem().exists(above)) {
      above = above.getParent();
    }
    if (above != null && !files.fileSystem().getFileStatus(above).isDirectory()) {
      throw refused(files, "'%s' is a file, not a folder".formatted(above.toUri().getPath()));
    }
  }

  private void requireOurs(FileStatus child) {
    if (!OURS.contains(child.getPath().getName())) {
      throw refused(
          files,
          "it holds '%s', which is no part of a checkpoint; choose an empty or new folder"
              .formatted(child.getPath().getName()));
    }
  }

  private OutputState stateOfManifest() throws IOException {
    Optional<Manifest> manifest;
    try {
      manifest = ManifestFile.find(files);
    } catch (VerificationException e) {
      requireOverwrite("it holds a checkpoint whose manifest is damaged");
      return new OutputState.Replaced(Optional.empty());
    }
    if (manifest.isEmpty()) {
      return new OutputState.Interrupted(Optional.empty());
    }
    if (manifest.get().runId().equals(runId)
        && manifest.get().layout().equals(layout)
        && manifest.get().writerVersion().equals(CheckpointId.WRITER_VERSION)) {
      return hasAllShards(manifest.get())
          ? new OutputState.Complete(manifest.get())
          : new OutputState.Interrupted(manifest);
    }
    requireOverwrite("it holds another checkpoint (id %s)".formatted(manifest.get().id()));
    return new OutputState.Replaced(manifest);
  }

  private void requireOverwrite(String reason) {
    switch (existing) {
      case OVERWRITE -> {}
      case REFUSE -> throw refused(files, reason + "; choose another folder or give --overwrite");
    }
  }

  private boolean hasAllShards(Manifest manifest) throws IOException {
    for (ManifestShard shard : manifest.shards()) {
      if (length(files.resolve(shard.path())) != shard.lengthBytes()) {
        return false;
      }
    }
    return true;
  }

  private long length(Path path) throws IOException {
    try {
      return files.fileSystem().getFileStatus(path).getLen();
    } catch (FileNotFoundException e) {
      return -1;
    }
  }

  private static ConfigurationException refused(CheckpointFiles files, String reason) {
    return new ConfigurationException(
        "Cannot write a checkpoint to '%s': %s".formatted(files.name(), reason));
  }
}
