package dev.kindling.checkpoint;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.ResourceException;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** Writes a file that is there as a whole or not at all. */
public final class WholeFile {
  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes all bytes and leaves the stream open. */
    void writeTo(OutputStream out) throws IOException;
  }

  private WholeFile() {}

  /**
   * Writes a file, replacing what is there.
   *
   * @throws ConfigurationException if the file system is one that we do not write to
   * @throws ResourceException if it failed
   */
  public static void write(FileSystem fs, Path file, Content content) {
    FileSystem raw = fs instanceof LocalFileSystem local ? local.getRawFileSystem() : fs;
    Path target = raw.makeQualified(file);
    Path temporary = new Path(target.getParent(), "." + target.getName() + ".tmp");
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
}
