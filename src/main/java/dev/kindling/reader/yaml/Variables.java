package dev.kindling.reader.yaml;

import dev.kindling.reader.file.Problems;
import dev.kindling.reader.file.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The numbers under {@code let} and where they stand: {@code =width} and {@code =4 * width / heads}
 * are products and quotients, from left to right, of numbers and names.
 */
final class Variables {
  private static final String LET = "let";
  private static final Pattern TERM =
      Pattern.compile("\\s*([*/]?)\\s*([A-Za-z_]\\w*|\\d{1,18})\\s*");

  private final Problems problems;
  private final Map<String, Long> values = new LinkedHashMap<>();

  Variables(Problems problems) {
    this.problems = problems;
  }

  /** Returns a document with numbers in place of the formulas. */
  Tree resolve(Tree document) {
    if (document instanceof Tree.Fields fields
        && fields.fields().get(LET) instanceof Tree.Fields definitions) {
      definitions.fields().forEach(this::define);
    }
    return resolved(document);
  }

  private void define(String name, Tree tree) {
    if (resolved(tree) instanceof Tree.Leaf leaf
        && leaf.value() instanceof Number number
        && number.longValue() == number.doubleValue()
        && number.longValue() > 0) {
      values.put(name, number.longValue());
    } else {
      problems.add(
          "'let'",
          tree.line(),
          "'%s' is no positive integer (found %s)".formatted(name, tree.describe()));
    }
  }

  private Tree resolved(Tree tree) {
    if (tree instanceof Tree.Items list) {
      return new Tree.Items(list.items().stream().map(this::resolved).toList(), list.line());
    }
    if (tree instanceof Tree.Fields map) {
      Map<String, Tree> fields = new LinkedHashMap<>();
      map.fields().forEach((key, value) -> fields.put(key, resolved(value)));
      return new Tree.Fields(fields, map.line());
    }
    return tree instanceof Tree.Leaf leaf
            && leaf.value() instanceof String text
            && text.startsWith("=")
        ? new Tree.Leaf(value(text, leaf.line()), leaf.line())
        : tree;
  }

  private Long value(String formula, int line) {
    List<String> names = new ArrayList<>(values.keySet());
    Matcher terms = TERM.matcher(formula).region(1, formula.length());
    long value = 1;
    boolean first = true;
    while (terms.lookingAt()) {
      String operator = terms.group(1);
      String term = terms.group(2);
      boolean number = Character.isDigit(term.charAt(0));
      if (!number && !values.containsKey(term)) {
        problems.addUnknown("'%s'".formatted(formula), line, "name", term, names);
        return 1L;
      }
      long factor = number ? Long.parseLong(term) : values.get(term);
      if (operator.isEmpty() != first || (operator.equals("/") && !divides(value, factor))) {
        break;
      }
      value = operator.equals("/") ? value / factor : saturated(value, factor);
      first = false;
      terms.region(terms.end(), formula.length());
    }
    if (first || terms.regionStart() != formula.length()) {
      problems.add(
          "'%s'".formatted(formula),
          line,
          "it is no product or exact quotient of numbers and names (expected such as =4 * width / heads)");
    }
    return value;
  }

  private static boolean divides(long value, long factor) {
    return factor != 0 && value % factor == 0;
  }

  private static long saturated(long value, long factor) {
    long high = Math.multiplyHigh(value, factor);
    long low = value * factor;
    return high != 0 || low < 0 ? Long.MAX_VALUE : low;
  }
}
