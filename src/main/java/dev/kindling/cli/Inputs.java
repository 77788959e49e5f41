package dev.kindling.cli;

import dev.kindling.base.InputException;
import dev.kindling.base.Require;
import dev.kindling.reader.file.ModelFolder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Finds and reads input files, on any Hadoop file system. */
final class Inputs {
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
        return stream.readAllBytes();
      }
    } catch (FileNotFoundException e) {
      throw new InputException(
          "Cannot read %s '%s': there is no such file".formatted(what, path), e);
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException("Cannot read %s '%s': %s".formatted(what, path, firstLine(e)), e);
    }
  }

  /**
   * Opens a file.
   *
   * @throws IOException if it cannot be read; {@link FileNotFoundException} if there is none
   */
  static ModelFolder.Opened open(String path, Configuration hadoop) throws IOException {
    try {
      Path file = new Path(path);
      FileSystem files = file.getFileSystem(hadoop);
      FileStatus status = files.getFileStatus(file);
      if (status.isDirectory()) {
        throw new IOException("it is a folder (expected a file)");
      }
      return new ModelFolder.Opened(files.open(file), OptionalLong.of(status.getLen()));
    } catch (FileNotFoundException e) {
      FileNotFoundException missing = new FileNotFoundException("there is no such file");
      missing.initCause(e);
      throw missing;
    } catch (IllegalArgumentException e) {
      throw new IOException(firstLine(e), e);
    }
  }

  /** Returns a path with everything that says where it is, as other machines and days need it. */
  static String absolute(String path, Configuration hadoop) {
    try {
      Path file = new Path(path);
      return file.getFileSystem(hadoop).makeQualified(file).toString();
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException("Cannot reach '%s': %s".formatted(path, firstLine(e)), e);
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
