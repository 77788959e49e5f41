package dev.kindling.reader;

import java.util.regex.Pattern;

/**
 * What people call learned tensors that are added or joined to activations: position and class
 * tokens, bias tables.
 */
final class LearnedNames {
  private static final Pattern WORDS =
      Pattern.compile("(?i)(?<![a-z])(pos(ition(al)?)?|tokens?|cls|embed(ding)?s?|bias)(?![a-z])");

  private LearnedNames() {}

  /**
   * Returns whether a tensor's name has one of the words; names that exporters make up have none.
   */
  static boolean matches(String name) {
    return WORDS.matcher(name).find();
  }
}
