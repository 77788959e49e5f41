package dev.kindling.checkpoint;

import dev.kindling.base.Require;
import dev.kindling.base.ResourceException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Where the files of a checkpoint are:
 *
 * <pre>
 * OUT/manifest.json                      written last
 * OUT/data/ID/part-00000.parquet         shards
 * OUT/data/ID/.tmp/APPLICATION-ATTEMPT-SHARD   being written
 * OUT/_run/RUN ID/                       journal of the run
 * OUT/_run/RUN ID/pieces/                pieces of factors, shared by its tasks
 * </pre>
 *
 * @param fileSystem the file system that holds them
 * @param out the checkpoint's folder, fully qualified
 */
public record CheckpointFiles(FileSystem fileSystem, Path out) {
  /** Name of the file that makes a folder a checkpoint. */
  public static final String MANIFEST = "manifest.json";

  static final String DATA = "data";
  static final String RUN = "_run";
  static final String TEMPORARY = ".tmp";
  private static final String PIECES = "pieces";

  public CheckpointFiles {
    Objects.requireNonNull(fileSystem, "file system is null");
    Objects.requireNonNull(out, "path is null");
  }

  /**
   * Returns the files of the checkpoint in a folder. On a local file system they are reached
   * without Hadoop's checksums, which would leave {@code .crc} files beside ours.
   */
  public static CheckpointFiles of(FileSystem fileSystem, Path out) {
    FileSystem raw =
        fileSystem instanceof LocalFileSystem local ? local.getRawFileSystem() : fileSystem;
    // The text, since a path made from a URI may end with a slash.
    return new CheckpointFiles(raw, raw.makeQualified(new Path(out.toString())));
  }

  /** Returns the manifest's path. */
  public Path manifest() {
    return new Path(out, MANIFEST);
  }

  /** Returns the folder that holds a folder of shards for each id. */
  public Path data() {
    return new Path(out, DATA);
  }

  /**
   * Returns the ids that there are shards of, whole or not.
   *
   * @throws ResourceException if the file system failed
   */
  public Set<String> ids() {
    try {
      Set<String> ids = new TreeSet<>();
      for (FileStatus folder : fileSystem.listStatus(data())) {
        ids.add(folder.getPath().getName());
      }
      return ids;
    } catch (FileNotFoundException e) {
      return Set.of();
    } catch (IOException e) {
      throw new ResourceException(
          "Cannot look into output '%s': %s".formatted(name(), Failures.reason(e)), e);
    }
  }

  /** Returns the folder of an id's shards. */
  public Path data(String id) {
    return new Path(data(), Require.notBlank(id, "id"));
  }

  /** Returns the folder of files of an id that are being written. */
  public Path temporary(String id) {
    return new Path(data(id), TEMPORARY);
  }

  /** Returns the folder of all runs' journals. */
  public Path runs() {
    return new Path(out, RUN);
  }

  /** Returns the folder of a run's journal. */
  public Path run(String runId) {
    return new Path(runs(), Require.notBlank(runId, "run id"));
  }

  /** Returns the folder of pieces of factors that a run keeps to save work. */
  public Path pieces(String runId) {
    return pieces(run(runId));
  }

  /** Returns the same for the folder of a run. */
  public static Path pieces(Path run) {
    return new Path(run, PIECES);
  }

  /** Returns the path that a manifest names, such as {@code data/ID/part-00000.parquet}. */
  public Path resolve(String relative) {
    return new Path(out, relative);
  }

  /** Returns a shard's path relative to the checkpoint's folder, as the manifest has it. */
  static String relativePath(String id, ShardSpec spec) {
    return relativePath(id, spec.fileName());
  }

  static String relativePath(String id, String fileName) {
    return DATA + "/" + id + "/" + fileName;
  }

  /** Returns the checkpoint's folder for messages: without the scheme of local files. */
  public String name() {
    return "file".equals(out.toUri().getScheme()) ? out.toUri().getPath() : out.toString();
  }
}
