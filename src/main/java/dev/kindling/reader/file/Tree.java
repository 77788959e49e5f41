package dev.kindling.reader.file;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A YAML or JSON document in which every part knows its line. */
public sealed interface Tree {
  /** Returns the line that the part starts on, counted from 1. */
  int line();

  /** Returns how messages quote the part. */
  String describe();

  /** A word, number, flag or null; its value is a String, Number, Boolean or null. */
  record Leaf(Object value, int line) implements Tree {
    @Override
    public String describe() {
      return value instanceof String ? "'%s'".formatted(value) : String.valueOf(value);
    }
  }

  /** A list. */
  record Items(List<Tree> items, int line) implements Tree {
    @Override
    public String describe() {
      return items.stream().map(Tree::describe).collect(Collectors.joining(", ", "[", "]"));
    }
  }

  /** A map in the order of the file. */
  record Fields(Map<String, Tree> fields, int line) implements Tree {
    @Override
    public String describe() {
      return fields.keySet().stream().collect(Collectors.joining(", ", "a map with the keys ", ""));
    }
  }
}
