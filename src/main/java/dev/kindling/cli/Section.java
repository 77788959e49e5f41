package dev.kindling.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindling.base.PlainText;
import dev.kindling.base.UnknownNameException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A map of the configuration file. Reading a key makes it known; all problems are collected, so
 * that a user sees them at once.
 */
final class Section {
  private final JsonNode node;
  private final String path;
  private final String source;
  private final List<String> problems;
  private final Set<String> known = new LinkedHashSet<>();

  private Section(JsonNode node, String path, String source, List<String> problems) {
    this.node = node;
    this.path = path;
    this.source = source;
    this.problems = problems;
  }

  /** Returns the whole file as a section. */
  static Section root(JsonNode node, String source, List<String> problems) {
    return new Section(node, "", source, problems);
  }

  /** Returns the section under a key, if it is there and is a map. */
  Optional<Section> section(String key) {
    return value(key)
        .filter(value -> value.isObject() || problem(key, "a map of keys", value))
        .map(value -> new Section(value, pathOf(key), source, problems));
  }

  /** Returns the maps of a list. */
  List<Section> sections(String key) {
    List<Section> sections = new ArrayList<>();
    for (JsonNode element : list(key)) {
      String place = pathOf(key) + "[" + sections.size() + "]";
      if (element.isObject()) {
        sections.add(new Section(element, place, source, problems));
      } else {
        report(
            place,
            "unexpected value (expected a map of keys, found %s)"
                .formatted(PlainText.abbreviated(element.toString())));
      }
    }
    return sections;
  }

  /** Returns the text under a key. */
  Optional<String> text(String key) {
    return value(key)
        .filter(value -> value.isValueNode() || problem(key, "a text", value))
        .map(JsonNode::asText);
  }

  /** Returns the texts of a list. */
  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (JsonNode element : list(key)) {
      if (element.isValueNode()) {
        texts.add(element.asText());
      } else {
        problem(key, "a list of texts", element);
      }
    }
    return texts;
  }

  /** Returns the whole number under a key. */
  Optional<Long> wholeNumber(String key) {
    return value(key)
        .filter(
            value ->
                (value.isIntegralNumber() && value.canConvertToLong())
                    || problem(key, "a whole number", value))
        .map(JsonNode::longValue);
  }

  /** Returns the whole number under a key that counts something one machine can hold. */
  Optional<Integer> count(String key) {
    return value(key)
        .filter(
            value ->
                (value.isIntegralNumber() && value.canConvertToInt())
                    || problem(key, "a whole number below 2^31", value))
        .map(JsonNode::intValue);
  }

  /** Returns the whole numbers of a list. */
  List<Long> wholeNumbers(String key) {
    List<Long> numbers = new ArrayList<>();
    for (JsonNode element : list(key)) {
      if (element.isIntegralNumber()) {
        numbers.add(element.longValue());
      } else {
        problem(key, "a list of whole numbers", element);
      }
    }
    return numbers;
  }

  /** Returns the numbers of a list. */
  List<Double> numbers(String key) {
    List<Double> numbers = new ArrayList<>();
    for (JsonNode element : list(key)) {
      if (element.isNumber()) {
        numbers.add(element.doubleValue());
      } else {
        problem(key, "a list of numbers", element);
      }
    }
    return numbers;
  }

  /** Returns the number under a key. */
  Optional<Double> number(String key) {
    return value(key)
        .filter(value -> value.isNumber() || problem(key, "a number", value))
        .map(JsonNode::doubleValue);
  }

  /** Returns what stands under a key, whatever it is. */
  Optional<JsonNode> value(String key) {
    known.add(key);
    return Optional.ofNullable(node.get(key)).filter(value -> !value.isNull());
  }

  /** Returns what {@code create} makes of a value; its complaint becomes a problem of the key. */
  <A, B> Optional<B> convert(String key, Optional<A> value, Function<A, B> create) {
    try {
      return value.map(create);
    } catch (IllegalArgumentException | ArithmeticException e) {
      report(pathOf(key), e.getMessage());
      return Optional.empty();
    }
  }

  /** Notes that a key is missing that has no default. */
  void requireKey(String key, String example) {
    known.add(key);
    if (node.get(key) == null || node.get(key).isNull()) {
      report(
          pathOf(key), "the key is missing (expected for example %s: %s)".formatted(key, example));
    }
  }

  /** Notes keys that nobody asked for. */
  void finish() {
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                report(pathOf(key), new UnknownNameException("key", key, known).getMessage());
              }
            });
  }

  /** Notes a problem of this section as a whole. */
  void report(String reason) {
    report(path, reason);
  }

  private void report(String place, String reason) {
    problems.add(
        "Cannot read configuration %s at %s: %s"
            .formatted(source, place.isEmpty() ? "the top" : place, reason));
  }

  private List<JsonNode> list(String key) {
    List<JsonNode> elements = new ArrayList<>();
    value(key)
        .filter(value -> value.isArray() || problem(key, "a list", value))
        .ifPresent(array -> array.forEach(elements::add));
    return elements;
  }

  private boolean problem(String key, String expected, JsonNode found) {
    report(
        pathOf(key),
        "unexpected value (expected %s, found %s)"
            .formatted(expected, PlainText.abbreviated(found.toString())));
    return false;
  }

  private String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
