package dev.kindling.checkpoint;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.ResourceException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.UUID;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Writes a file that is there as a whole or not at all. Several attempts may write the same file at
 * once: each has a temporary file of its own, and the last to be done stands.
 */
public final class WholeFile {
  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes all bytes and leaves the stream open. */
    void writeTo(OutputStream out) throws IOException;
  }

  private static final String SUFFIX = ".tmp";

  private WholeFile() {}

  /**
   * Writes a file, replacing what is there.
   *
   * @throws ConfigurationException if the file system is one that we do not write to
   * @throws ResourceException if it failed
   */
  public static void write(FileSystem fs, Path file, Content content) {
    FileSystem raw = raw(fs);
    Path target = raw.makeQualified(file);
    Path temporary =
        new Path(
            target.getParent(), ".%s.%s%s".formatted(target.getName(), UUID.randomUUID(), SUFFIX));
    try {
      FileStore.of(raw)
          .write(
              temporary,
              target,
              out -> {
                content.writeTo(out);
                return target;
              });
    } catch (IOException e) {
      throw new ResourceException("Cannot write '%s': %s".formatted(file, Failures.reason(e)), e);
    }
  }

  /**
   * Removes what attempts that were killed have left in a folder. Nobody may be writing there.
   *
   * @throws ResourceException if the file system failed
   */
  public static void removeTemporaries(FileSystem fs, Path folder) {
    FileSystem raw = raw(fs);
    try {
      for (FileStatus file : raw.listStatus(folder, WholeFile::isTemporary)) {
        raw.delete(file.getPath(), false);
      }
    } catch (IOException e) {
      throw new ResourceException("Cannot clean '%s': %s".formatted(folder, Failures.reason(e)), e);
    }
  }

  private static boolean isTemporary(Path path) {
    return path.getName().startsWith(".") && path.getName().endsWith(SUFFIX);
  }

  /** Without Hadoop's checksums, which would leave files beside ours. */
  private static FileSystem raw(FileSystem fs) {
    return fs instanceof LocalFileSystem local ? local.getRawFileSystem() : fs;
  }
}
