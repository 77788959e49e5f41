package dev.kindling.checkpoint;

import java.io.IOException;
import java.util.Objects;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Creates the target itself; for object stores, where it appears when the stream is closed. On a
 * failure the stream is aborted and never closed, since closing would make a part of the file the
 * file; hence no try-with-resources.
 */
record DirectStore(FileSystem fs) implements FileStore {
  DirectStore {
    Objects.requireNonNull(fs, "file system is null");
  }

  @Override
  public <T> T write(Path temporary, Path target, Content<T> content) throws IOException {
    FSDataOutputStream out = fs.create(target, true);
    T result;
    try {
      result = content.writeTo(out);
    } catch (IOException | RuntimeException | Error e) {
      abort(out, e);
      throw e;
    }
    out.close();
    return result;
  }

  private static void abort(FSDataOutputStream out, Throwable failure) {
    try {
      out.abort();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }
}
