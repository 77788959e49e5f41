package dev.kindling.reader.file;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/** Opens the files that a model consists of. */
@FunctionalInterface
public interface ModelFolder {
  /**
   * Opens a file.
   *
   * @param path as the user wrote it, or beside such a file
   * @throws IOException if it cannot be read
   */
  Opened open(String path) throws IOException;

  /**
   * A file that is open.
   *
   * @param bytes its content
   * @param length its length in bytes, absent if it is not known
   */
  record Opened(InputStream bytes, OptionalLong length) implements Closeable {
    @Override
    public void close() throws IOException {
      bytes.close();
    }
  }

  /** Returns a folder that holds one file only. */
  static ModelFolder of(byte[] bytes, String path) {
    return asked -> {
      if (!asked.equals(path)) {
        throw new FileNotFoundException("there is no such file");
      }
      return new Opened(new ByteArrayInputStream(bytes), OptionalLong.of(bytes.length));
    };
  }
}
