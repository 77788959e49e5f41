package dev.kindling.reader.file;

import dev.kindling.base.InputException;
import dev.kindling.base.UnknownNameException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Collects what is wrong with a layer YAML, so that all of it is reported at once. */
public final class Problems {
  private final ModelFile file;
  private final List<String> lines = new ArrayList<>();

  public Problems(ModelFile file) {
    this.file = file;
  }

  /** Notes a problem with {@code thing}, such as {@code layer 'fc'}. */
  public void add(String thing, int line, String reason) {
    lines.add(message(thing, line, reason));
  }

  /** Notes a name that is none of those known, and offers the nearest. */
  public void addUnknown(
      String thing, int line, String what, String found, Collection<String> known) {
    add(thing, line, new UnknownNameException(what, found, known).getMessage());
  }

  /** Returns what to throw for one problem that ends the reading. */
  public InputException refuse(String thing, int line, String reason) {
    return new InputException(message(thing, line, reason));
  }

  /** Returns how many problems there are so far. */
  public int count() {
    return lines.size();
  }

  /** Throws if there are problems. */
  public void throwIfAny() {
    if (!lines.isEmpty()) {
      throw new InputException(lines);
    }
  }

  private String message(String thing, int line, String reason) {
    return "Cannot read %s in %s at line %d: %s".formatted(thing, file.path(), line, reason);
  }
}
