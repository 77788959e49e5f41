package dev.kindling.reader.yaml;

import dev.kindling.reader.file.Problems;
import dev.kindling.reader.file.Tree;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The names of a model's layers: those given in the file, and a type with a running number for the
 * others.
 */
final class LayerNames {
  private static final Pattern VALID =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*(\\.[A-Za-z0-9_-]+)*");

  /** Stands for the number of a turn where a repeated layer's name is looked at once for all. */
  private static final String ANY_TURN = "*";

  private final Map<String, Integer> given = new HashMap<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Deque<String> prefixes = new ArrayDeque<>();
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

  private void requireValid(Tree prefix) {
    if (prefix != null
        && !(prefix instanceof Tree.Leaf leaf
            && leaf.value() instanceof String name
            && VALID.matcher(name).matches())) {
      problems.add(
          "a repetition's name",
          prefix.line(),
          "it is no word (expected such as h, found %s)".formatted(prefix.describe()));
    }
  }

  private void collect(String key, Tree value) {
    if (key.equals("repeat") && value instanceof Tree.Fields repeat) {
      Tree prefix = repeat.fields().get("name");
      requireValid(prefix);
      enter(prefix instanceof Tree.Leaf leaf ? leaf.value() + "." + ANY_TURN : ANY_TURN);
      collect(repeat.fields().getOrDefault("layers", value));
      leave();
    } else if (!key.equals("name")) {
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
    } else if (given.putIfAbsent(prefix() + name, value.line()) != null) {
      problems.add(
          "layer '%s'".formatted(name),
          value.line(),
          "line %d has the same name".formatted(given.get(prefix() + name)));
    }
  }

  /** Goes into a turn of a repetition. */
  void enter(String prefix) {
    prefixes.addLast(prefix);
  }

  /** Comes out of it. */
  void leave() {
    prefixes.removeLast();
  }

  private String prefix() {
    return prefixes.stream().map(part -> part + ".").collect(Collectors.joining());
  }

  /** Returns the name that is given, or the next free one of the type. */
  String name(Optional<Tree> part, String type) {
    String prefix = prefix();
    if (part.isPresent()
        && part.get() instanceof Tree.Leaf leaf
        && leaf.value() instanceof String name) {
      return prefix + name;
    }
    String inAnyTurn = prefix.replaceAll("(?<=^|\\.)\\d+(?=\\.)", ANY_TURN);
    String name;
    do {
      name = type + numbers.merge(prefix + type, 1, Integer::sum);
    } while (given.containsKey(inAnyTurn + name));
    return prefix + name;
  }
}
