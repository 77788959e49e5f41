package dev.kindling.source;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** Reads ranges of bytes of files, each on its own. */
record RangeFile(Configuration hadoop) {
  /**
   * Writes the bytes from a place on.
   *
   * @param target takes as many as it has room for
   * @throws IOException if there are not as many
   */
  void read(String path, long offset, ByteBuffer target) throws IOException {
    Path file = new Path(path);
    try (FSDataInputStream stream = file.getFileSystem(hadoop).open(file)) {
      stream.readFully(
          offset, target.array(), target.arrayOffset() + target.position(), target.remaining());
      target.position(target.limit());
    } catch (EOFException e) {
      throw new IOException(
          "the file is cut off (expected %d bytes at %d)".formatted(target.remaining(), offset), e);
    }
  }
}
