package dev.kindling.cli;

import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Names of layers that repeat: they differ in numbers only. */
final class NumberedNames {
  private static final Pattern NUMBER = Pattern.compile("(?<=\\d)(?=\\D)|(?<=\\D)(?=\\d)");

  private NumberedNames() {}

  /** Returns a name with {@code #} for each number. */
  static String pattern(String name) {
    return name.replaceAll("\\d+", "#");
  }

  /**
   * Returns names of one pattern as one, with their number behind it: {@code h.{0..11}.fc.weight
   * (12)}.
   */
  static String joined(List<String> names) {
    return names.size() == 1 ? names.get(0) : "%s (%d)".formatted(merged(names), names.size());
  }

  /** Returns texts of one pattern as one: {@code h.{0..11}.fc.weight}. */
  static String merged(List<String> texts) {
    List<String[]> parts = texts.stream().distinct().map(NUMBER::split).toList();
    StringBuilder merged = new StringBuilder();
    for (int i = 0; i < parts.get(0).length; i++) {
      int index = i;
      merged.append(part(parts.stream().map(part -> part[index]).toList()));
    }
    return merged.toString();
  }

  private static String part(List<String> values) {
    if (values.stream().distinct().count() == 1) {
      return values.get(0);
    }
    TreeSet<Long> numbers = new TreeSet<>();
    values.forEach(value -> numbers.add(Long.parseLong(value)));
    boolean gaps = numbers.last() - numbers.first() + 1 > numbers.size();
    return "{%d%s%d}".formatted(numbers.first(), gaps ? ",.." : "..", numbers.last());
  }
}
