package dev.kindling.reader.yaml;

import dev.kindling.reader.compile.LayerSpec.Bias;
import dev.kindling.reader.file.Problems;
import dev.kindling.reader.file.Tree;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The keys of one map in a layer YAML. What is missing or of the wrong type is noted as a problem,
 * and a harmless value stands in for it so that reading can go on.
 */
final class Settings {
  private final String thing;
  private final Tree.Fields fields;
  private final Problems problems;

  Settings(String thing, Tree.Fields fields, Problems problems) {
    this.thing = thing;
    this.fields = fields;
    this.problems = problems;
  }

  /** Notes every key that is not one of these. */
  void allowOnly(Collection<String> known) {
    fields
        .fields()
        .forEach(
            (key, value) -> {
              if (!known.contains(key)) {
                problems.addUnknown(thing, value.line(), "key", key, known);
              }
            });
  }

  /** Returns the part of a key, absent if there is none or it is null. */
  Optional<Tree> part(String key) {
    return Optional.ofNullable(fields.fields().get(key))
        .filter(tree -> !(tree instanceof Tree.Leaf leaf && leaf.value() == null));
  }

  /** Returns a number greater than zero. */
  long count(String key) {
    Optional<Tree> part = part(key);
    if (part.isEmpty()) {
      problems.add(
          thing, fields.line(), "key '%s' is missing (expected a positive integer)".formatted(key));
      return 1;
    }
    return count(key, 1);
  }

  /** Returns a number greater than zero, or {@code otherwise} if the key is left out. */
  long count(String key, long otherwise) {
    return part(key).map(tree -> integer(key, tree, 1)).orElse(otherwise);
  }

  /** Returns one number per axis, which must be given: {@code 3} or {@code [3, 5]}. */
  List<Long> extents(String key, int rank) {
    if (part(key).isEmpty()) {
      problems.add(
          thing,
          fields.line(),
          "key '%s' is missing (expected a positive integer or %d of them)".formatted(key, rank));
    }
    return extents(key, rank, 1, ones(rank));
  }

  /**
   * Returns one number per axis, each at least {@code min}, or {@code otherwise} if the key is left
   * out.
   */
  List<Long> extents(String key, int rank, long min, List<Long> otherwise) {
    Optional<Tree> part = part(key);
    if (part.isEmpty()) {
      return otherwise;
    }
    if (!(part.get() instanceof Tree.Items list)) {
      return repeated(integer(key, part.get(), min), rank);
    }
    if (list.items().size() != rank) {
      problems.add(
          thing,
          list.line(),
          "key '%s' has the wrong number of axes (expected %d, found %d)"
              .formatted(key, rank, list.items().size()));
      return ones(rank);
    }
    return list.items().stream().map(item -> integer(key, item, min)).toList();
  }

  /** Returns whether the key holds this word. */
  boolean isWord(String key, String word) {
    return part(key)
        .filter(tree -> tree instanceof Tree.Leaf leaf && word.equals(leaf.value()))
        .isPresent();
  }

  /** Returns whether there is to be a bias; there is unless the key says otherwise. */
  Bias bias(String key) {
    Optional<Tree> part = part(key);
    if (part.isPresent()
        && !(part.get() instanceof Tree.Leaf leaf && leaf.value() instanceof Boolean)) {
      wrong(key, part.get(), "true or false");
    }
    boolean absent =
        part.filter(tree -> tree instanceof Tree.Leaf leaf && Boolean.FALSE.equals(leaf.value()))
            .isPresent();
    return absent ? Bias.ABSENT : Bias.PRESENT;
  }

  /** Notes that a key is missing. */
  void require(String key, String expected) {
    if (part(key).isEmpty()) {
      problems.add(
          thing, fields.line(), "key '%s' is missing (expected %s)".formatted(key, expected));
    }
  }

  /** Returns the word of a key, if it has one. */
  Optional<String> text(String key) {
    Optional<Tree> part = part(key);
    if (part.isPresent()
        && !(part.get() instanceof Tree.Leaf leaf && leaf.value() instanceof String)) {
      wrong(key, part.get(), "a word");
      return Optional.empty();
    }
    return part.map(tree -> (String) ((Tree.Leaf) tree).value());
  }

  /** Returns the word of a key that must have one. */
  String word(String key) {
    require(key, "the name of a layer");
    return text(key).orElse("");
  }

  /** Returns the words of a key that must have some: {@code a} or {@code [a, b]}. */
  List<String> words(String key) {
    require(key, "the names of layers");
    if (part(key).isPresent() && part(key).get() instanceof Tree.Items list) {
      list.items().stream()
          .filter(item -> !(item instanceof Tree.Leaf leaf && leaf.value() instanceof String))
          .forEach(item -> wrong(key, item, "a word"));
      return list.items().stream().map(Tree::describe).map(Settings::unquoted).toList();
    }
    return text(key).stream().toList();
  }

  private static String unquoted(String word) {
    return word.replaceAll("^'|'$", "");
  }

  /** Returns the constant whose lower-case name a key holds, or {@code otherwise}. */
  <E extends Enum<E>> E choice(String key, E otherwise) {
    List<E> constants = List.of(otherwise.getDeclaringClass().getEnumConstants());
    List<String> words = constants.stream().map(Settings::label).toList();
    return constants.get(words.indexOf(choice(key, label(otherwise), words)));
  }

  /** Returns the word of a key, which must be one of several, or {@code otherwise}. */
  String choice(String key, String otherwise, Collection<String> known) {
    String word = text(key).orElse(otherwise);
    if (!known.contains(word)) {
      problems.addUnknown(thing, part(key).orElse(fields).line(), key, word, known);
      return otherwise;
    }
    return word;
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns a number greater than zero, or {@code otherwise} if the key is left out. */
  double positive(String key, double otherwise) {
    Optional<Tree> part = part(key);
    if (part.isPresent()
        && part.get() instanceof Tree.Leaf leaf
        && leaf.value() instanceof Number number
        && number.doubleValue() > 0
        && number.doubleValue() <= Float.MAX_VALUE) {
      return number.doubleValue();
    }
    part.ifPresent(tree -> wrong(key, tree, "a positive number"));
    return otherwise;
  }

  /**
   * Returns a number greater than zero and below one, or {@code otherwise} if the key is left out.
   */
  double fraction(String key, double otherwise) {
    return part(key).map(tree -> fraction(key, tree)).orElse(otherwise);
  }

  private double fraction(String key, Tree tree) {
    if (tree instanceof Tree.Leaf leaf
        && leaf.value() instanceof Number number
        && number.doubleValue() > 0
        && number.doubleValue() < 1) {
      return number.doubleValue();
    }
    wrong(key, tree, "a number between 0 and 1");
    return 0.5;
  }

  private long integer(String key, Tree tree, long min) {
    if (tree instanceof Tree.Leaf leaf
        && (leaf.value() instanceof Integer || leaf.value() instanceof Long)
        && ((Number) leaf.value()).longValue() >= min
        && ((Number) leaf.value()).longValue() <= Integer.MAX_VALUE) {
      return ((Number) leaf.value()).longValue();
    }
    wrong(key, tree, min > 0 ? "a positive integer" : "an integer that is not negative");
    return 1;
  }

  private void wrong(String key, Tree found, String expected) {
    problems.add(
        thing,
        found.line(),
        "key '%s' has a wrong value (expected %s, found %s)"
            .formatted(key, expected, found.describe()));
  }

  static List<Long> ones(int rank) {
    return repeated(1, rank);
  }

  static List<Long> repeated(long value, int rank) {
    return Collections.nCopies(rank, value);
  }

  /** Returns a settings map that has no keys. */
  static Tree.Fields none(int line) {
    return new Tree.Fields(Map.of(), line);
  }
}
