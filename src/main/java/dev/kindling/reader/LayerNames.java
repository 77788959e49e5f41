package dev.kindling.reader;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The names of a model's layers: those given in the file, and a type with a running number for the
 * others.
 */
final class LayerNames {
  private static final Pattern VALID =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*(\\.[A-Za-z0-9_-]+)*");

  private final Map<String, Integer> given = new HashMap<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Problems problems;

  LayerNames(Problems problems) {
    this.problems = problems;
  }

  /** Collects the names that are given anywhere in a list of layers. */
  void collect(Tree layers) {
    if (layers instanceof Tree.Items list) {
      list.items().forEach(this::collect);
    } else if (layers instanceof Tree.Fields fields) {
      fields.fields().forEach(this::collect);
    }
  }

  private void collect(String key, Tree value) {
    if (!key.equals("name")) {
      collect(value);
    } else if (!(value instanceof Tree.Leaf leaf) || !(leaf.value() instanceof String name)) {
      problems.add(
          "a layer's name",
          value.line(),
          "it is no word (expected such as conv1, found %s)".formatted(value.describe()));
    } else if (!VALID.matcher(name).matches()) {
      problems.add(
          "layer '%s'".formatted(name),
          value.line(),
          "its name has other characters than letters, digits, '_', '-' and '.', or begins with one of the latter");
    } else if (given.putIfAbsent(name, value.line()) != null) {
      problems.add(
          "layer '%s'".formatted(name),
          value.line(),
          "line %d has the same name".formatted(given.get(name)));
    }
  }

  /** Returns the name that is given, or the next free one of the type. */
  String name(Optional<Tree> part, String type) {
    if (part.isPresent()
        && part.get() instanceof Tree.Leaf leaf
        && leaf.value() instanceof String name) {
      return name;
    }
    String name;
    do {
      name = type + numbers.merge(type, 1, Integer::sum);
    } while (given.containsKey(name));
    return name;
  }
}
