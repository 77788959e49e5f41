package dev.kindling.cli;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes as people write them: {@code 4096}, {@code 64MiB}, {@code 1g}; units are powers of 1,024.
 */
final class ByteSize {
  private static final Pattern FORM =
      Pattern.compile("(\\d{1,18})\\s*([kmgt]?)(?:i?b)?", Pattern.CASE_INSENSITIVE);
  private static final Map<String, Integer> SHIFTS =
      Map.of("", 0, "k", 10, "m", 20, "g", 30, "t", 40);

  /** Half a second's work of one core. */
  private static final long LEAST_FOR_SPEED = 256L << 20;

  private ByteSize() {}

  /**
   * Returns the number of bytes.
   *
   * @throws IllegalArgumentException if the text is no positive size
   */
  static long parse(String text) {
    Matcher matcher = FORM.matcher(text.trim());
    if (!matcher.matches() || matcher.group(1).matches("0+")) {
      throw new IllegalArgumentException(
          "'%s' is no size (expected for example 256MiB or 1GiB)".formatted(text));
    }
    long unit = 1L << SHIFTS.get(matcher.group(2).toLowerCase(Locale.ROOT));
    return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
  }

  /** Returns a number of bytes for people, such as {@code 1.5 MiB}. */
  static String format(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + " B" : "%.1f %s".formatted(value, units[unit]);
  }

  /**
   * Returns how long bytes took: {@code 9.6 GiB in 14.2 s, 0.73 GB/s}. Of little, whose time is
   * that of starting tasks, without a speed: {@code 328.7 KiB in 0.1 s}.
   */
  static String inTime(long bytes, double seconds) {
    String time = String.format(Locale.ROOT, "%s in %.1f s", format(bytes), seconds);
    return bytes < LEAST_FOR_SPEED
        ? time
        : String.format(Locale.ROOT, "%s, %.2f GB/s", time, bytes / seconds * 1e-9);
  }
}
