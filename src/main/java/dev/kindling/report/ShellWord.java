package dev.kindling.report;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Commands as a shell takes them. */
public final class ShellWord {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");
  private static final Pattern SECRET =
      Pattern.compile("(?i)(secret|password|token|access[.-]?key)");

  private ShellWord() {}

  /** Returns a word, quoted where it has to be. */
  public static String of(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /** Returns a command line; values of keys that sound like secrets are left out. */
  public static String line(List<String> words) {
    return words.stream()
        .map(word -> SECRET.matcher(word).find() ? word.replaceFirst("=.*", "=...") : word)
        .map(ShellWord::of)
        .collect(Collectors.joining(" "));
  }
}
