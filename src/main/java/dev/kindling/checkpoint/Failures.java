package dev.kindling.checkpoint;

import java.io.FileNotFoundException;
import java.io.IOException;

/** Says in one line why a file system failed. */
public final class Failures {
  private Failures() {}

  /** Returns the first line of what a failure says. */
  public static String reason(IOException e) {
    String message = e.getMessage() == null ? "" : e.getMessage().lines().findFirst().orElse("");
    String kind = e.getClass().getSimpleName();
    if (e instanceof FileNotFoundException && message.isEmpty()) {
      return "no such file";
    }
    return message.isEmpty() ? kind : message.replaceAll("\\.$", "");
  }
}
