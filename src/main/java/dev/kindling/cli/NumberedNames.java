package dev.kindling.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

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
    if (names.size() == 1) {
      return names.get(0);
    }
    List<List<String>> parts =
        names.stream().map(name -> List.of(NUMBER.split(name))).collect(Collectors.toList());
    List<String> joined = new ArrayList<>();
    for (int i = 0; i < parts.get(0).size(); i++) {
      int index = i;
      joined.add(part(parts.stream().map(part -> part.get(index)).toList()));
    }
    return "%s (%d)".formatted(String.join("", joined), names.size());
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
