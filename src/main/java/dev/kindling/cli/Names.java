package dev.kindling.cli;

import java.nio.file.Path;

/** Paths as people write them. */
final class Names {
  private Names() {}

  /**
   * Returns a path without the scheme of local files, relative to the working directory if it is
   * below it.
   */
  static String of(org.apache.hadoop.fs.Path path) {
    if (!"file".equals(path.toUri().getScheme())) {
      return path.toString();
    }
    Path local = Path.of(path.toUri().getPath());
    Path here = Path.of("").toAbsolutePath();
    return local.startsWith(here) && !local.equals(here)
        ? here.relativize(local).toString()
        : local.toString();
  }
}
