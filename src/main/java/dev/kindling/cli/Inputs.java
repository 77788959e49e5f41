package dev.kindling.cli;

import dev.kindling.base.InputException;
import dev.kindling.base.Require;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Finds and reads input files, on any Hadoop file system. */
final class Inputs {
  /** Far above any configuration, and above the recipe of a model of 10^12 parameters. */
  static final int MAX_BYTES = 1 << 30;

  private Inputs() {}

  /**
   * Returns {@code path} as seen from the folder of {@code file}, absolute paths and those with a
   * scheme as they are.
   *
   * @throws IllegalArgumentException if it is no path
   */
  static String resolve(String file, String path) {
    Require.notBlank(path, "path");
    Path found = new Path(path);
    if (found.isAbsolute() || found.toUri().getScheme() != null) {
      return path;
    }
    Path folder = new Path(file).getParent();
    return folder == null ? path : display(new Path(folder, found));
  }

  /**
   * Returns all bytes of a file.
   *
   * @param what what it is, for messages
   * @throws InputException if it cannot be read
   */
  static byte[] read(String what, String path, Configuration hadoop) {
    try {
      Path file = new Path(path);
      FileSystem files = file.getFileSystem(hadoop);
      if (files.getFileStatus(file).isDirectory()) {
        throw new InputException(
            "Cannot read %s '%s': it is a folder (expected a file)".formatted(what, path));
      }
      try (InputStream stream = files.open(file)) {
        byte[] bytes = stream.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
          throw new InputException(
              "Cannot read %s '%s': it is too long (expected at most %d bytes)"
                  .formatted(what, path, MAX_BYTES));
        }
        return bytes;
      }
    } catch (FileNotFoundException e) {
      throw new InputException(
          "Cannot read %s '%s': there is no such file".formatted(what, path), e);
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException("Cannot read %s '%s': %s".formatted(what, path, firstLine(e)), e);
    }
  }

  /** Returns a file as text. */
  static String readText(String what, String path, Configuration hadoop) {
    return new String(read(what, path, hadoop), StandardCharsets.UTF_8);
  }

  private static String display(Path path) {
    return path.toUri().getScheme() == null ? path.toUri().getPath() : path.toString();
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
  }
}
