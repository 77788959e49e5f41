package dev.kindling.checkpoint;

import java.io.IOException;
import java.util.Objects;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.IOUtils;

/**
 * Writes beside the target, forces the bytes to disk and renames; for file systems whose rename is
 * atomic.
 */
record RenamingStore(FileSystem fs, Rename rename) implements FileStore {
  RenamingStore {
    Objects.requireNonNull(fs, "file system is null");
    Objects.requireNonNull(rename, "rename is null");
  }

  @Override
  public <T> T write(Path temporary, Path target, Content<T> content) throws IOException {
    try {
      T result = writeTemporary(temporary, content);
      rename.rename(temporary, target);
      return result;
    } catch (IOException | RuntimeException e) {
      deleteQuietly(temporary, e);
      throw e;
    }
  }

  /**
   * Without try-with-resources: a stream of HDFS that has failed throws the same exception when it
   * is closed, which would then be told to suppress itself.
   */
  private <T> T writeTemporary(Path temporary, Content<T> content) throws IOException {
    FSDataOutputStream out = fs.create(temporary, true);
    T result;
    try {
      result = content.writeTo(out);
      out.hsync();
    } catch (IOException | RuntimeException | Error e) {
      IOUtils.closeStream(out);
      throw e;
    }
    out.close();
    return result;
  }

  private void deleteQuietly(Path temporary, Exception failure) {
    try {
      fs.delete(temporary, false);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
