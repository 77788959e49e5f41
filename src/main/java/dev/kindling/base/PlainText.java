package dev.kindling.base;

/** Text of others, as messages show it. */
public final class PlainText {
  private static final int MAX_LENGTH = 200;

  private PlainText() {}

  /** Returns a text, or its beginning if it is long. */
  public static String abbreviated(String text) {
    return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "...";
  }

  /**
   * Returns whether a terminal takes a character for a command, or shows a line in another order
   * because of it.
   */
  public static boolean isCommand(char c) {
    boolean turns = (c >= '\u202a' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069');
    return turns || (Character.isISOControl(c) && c != '\n' && c != '\r' && c != '\t');
  }
}
