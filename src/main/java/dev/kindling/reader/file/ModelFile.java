package dev.kindling.reader.file;

import dev.kindling.base.InputException;

/**
 * The file that is being read, for messages.
 *
 * @param path as the user wrote it
 */
public record ModelFile(String path) {
  /** Returns the last part of the path. */
  public String name() {
    return path.substring(path.replace('\\', '/').lastIndexOf('/') + 1);
  }

  /** Returns the last part of the path without its extension. */
  public String stem() {
    return name().contains(".") ? name().substring(0, name().lastIndexOf('.')) : name();
  }

  /** Returns the path of a file in the same folder. */
  public String sibling(String name) {
    return path.substring(0, path.length() - name().length()) + name;
  }

  /** Returns what to throw when the file as a whole cannot be read. */
  public InputException refuse(String reason) {
    return new InputException("Cannot read model '%s': %s".formatted(path, oneLine(reason)));
  }

  /**
   * Returns what to throw when something in the file cannot be read; {@code thing} is such as
   * {@code node 'fc'}.
   */
  public InputException refuse(String thing, String reason) {
    return new InputException("Cannot read %s in %s: %s".formatted(thing, path, oneLine(reason)));
  }

  private static String oneLine(String reason) {
    return reason.replaceAll("\\s*\\R\\s*", " ").strip();
  }
}
