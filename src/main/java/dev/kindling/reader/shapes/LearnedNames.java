package dev.kindling.reader.shapes;

import java.util.regex.Pattern;

/**
 * What people call learned tensors that are added or joined to activations: position and class
 * tokens, bias tables.
 */
public final class LearnedNames {
  private static final Pattern WORDS =
      Pattern.compile("(?i)(?<![a-z])(pos(ition(al)?)?|tokens?|cls|embed(ding)?s?|bias)(?![a-z])");

  /** The last word of a trained factor's name, as in Fixup, SkipInit, ReZero and LayerScale. */
  private static final Pattern FACTORS =
      Pattern.compile(
          "(?i)(.*[./])?(scale|layer_?scale(_?\\d)?|gamma(_?\\d)?|alpha|res_?weight|skip_?(init_?)?gain|lambda\\d?)");

  private LearnedNames() {}

  /**
   * Returns whether a tensor's name has one of the words; names that exporters make up have none.
   */
  public static boolean matches(String name) {
    return WORDS.matcher(name).find();
  }

  /** Returns whether a tensor that multiplies activations is a trained factor, by its name. */
  public static boolean isFactor(String name) {
    return FACTORS.matcher(name).matches();
  }

  /**
   * Returns whether the name may as well be that of a buffer, such as the scale of attention
   * scores.
   */
  public static boolean isAmbiguousFactor(String name) {
    return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('/')) + 1)
        .equalsIgnoreCase("scale");
  }
}
