package dev.kindling.report;

import java.util.Locale;

/** Numbers in words, alike in every country. */
final class Words {
  private Words() {}

  static String format(String form, Object... values) {
    return String.format(Locale.ROOT, form, values);
  }

  /** Returns five digits of a number, {@code -} if it is not finite. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return "-";
    }
    return value == Math.rint(value) && Math.abs(value) < 1e6
        ? Long.toString((long) value)
        : format("%.5g", value);
  }
}
