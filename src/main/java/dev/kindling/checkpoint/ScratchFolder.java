package dev.kindling.checkpoint;

import dev.kindling.base.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder for what a command keeps while it runs; closing it removes it.
 *
 * @param fileSystem holds it
 * @param path where
 */
public record ScratchFolder(FileSystem fileSystem, Path path) implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ScratchFolder.class);

  /**
   * Creates one in a folder.
   *
   * @param parent the folder, created if need be
   * @param name its name, unique among those that use the folder
   * @throws ConfigurationException if that is not possible
   */
  public static ScratchFolder in(CheckpointFiles parent, String name) {
    ScratchFolder scratch =
        new ScratchFolder(parent.fileSystem(), new Path(parent.out(), "kindling-" + name));
    FileStore.of(parent.fileSystem());
    try {
      if (!scratch.fileSystem.mkdirs(scratch.path)) {
        throw new IOException("folder cannot be created");
      }
    } catch (IOException e) {
      throw refused(parent.name(), e);
    }
    return scratch;
  }

  /**
   * Creates one in this machine's folder for temporary files.
   *
   * @throws ConfigurationException if that is not possible
   */
  public static ScratchFolder temporary(Configuration hadoop) {
    try {
      Path path = new Path(Files.createTempDirectory("kindling-").toUri());
      return new ScratchFolder(FileSystem.getLocal(hadoop).getRawFileSystem(), path);
    } catch (IOException e) {
      throw refused(System.getProperty("java.io.tmpdir"), e);
    }
  }

  @Override
  public void close() {
    try {
      fileSystem.delete(path, true);
    } catch (IOException e) {
      LOG.warn("Cannot remove {}: {}", path, Failures.reason(e));
    }
  }

  private static ConfigurationException refused(String folder, IOException cause) {
    return new ConfigurationException(
        "Cannot use '%s' for temporary files: %s".formatted(folder, Failures.reason(cause)));
  }
}
