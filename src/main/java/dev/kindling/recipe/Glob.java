package dev.kindling.recipe;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names that follow a pattern, under another pattern. */
final class Glob {
  private Glob() {}

  /**
   * Returns {@code there} with each {@code *} replaced by what the star of the same number in
   * {@code match} stands for in a name; a star takes as little as it can.
   *
   * @throws IllegalArgumentException if there are more stars than in {@code match}, or the name
   *     does not fit it
   */
  static String rename(String match, String name, String there) {
    Matcher fitting = pattern(match).matcher(name);
    if (!fitting.matches()) {
      throw new IllegalArgumentException("'%s' does not fit '%s'".formatted(name, match));
    }
    StringBuilder renamed = new StringBuilder();
    int star = 0;
    for (int i = 0; i < there.length(); i++) {
      char c = there.charAt(i);
      if (c != '*') {
        renamed.append(c);
      } else if (++star <= fitting.groupCount()) {
        renamed.append(fitting.group(star));
      }
    }
    if (star > fitting.groupCount()) {
      throw new IllegalArgumentException(
          "name '%s' has more stars than match '%s' (expected at most %d, found %d)"
              .formatted(there, match, fitting.groupCount(), star));
    }
    return renamed.toString();
  }

  private static Pattern pattern(String glob) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      switch (c) {
        case '*' -> regex.append("(.*?)");
        case '?' -> regex.append('.');
        default -> regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
