package dev.kindling.cli;

import dev.kindling.cli.TextTable.Column;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The rows of a recipe, whose last column says why, as wide as a terminal: as they are, with the
 * reasons below the table and their numbers in it, or with each row on two lines. Names and numbers
 * are never cut off; what is still too wide stays so.
 */
final class RecipeLayout {
  /** Tensor, shape and role stand on the first of two lines, as they come. */
  private static final int FIRST_LINE = 3;

  private static final String BYTES = "bytes";
  private static final String INDENT = "    ";

  private RecipeLayout() {}

  /** Returns the titles, the rows and what stands below them. */
  static List<String> lines(List<Column> columns, List<List<String>> rows, int width) {
    List<String> whole = table(columns, rows);
    if (fits(whole, width)) {
      return whole;
    }
    Map<String, Integer> reasons = new LinkedHashMap<>();
    rows.stream()
        .map(RecipeLayout::last)
        .filter(why -> !why.isEmpty())
        .forEach(why -> reasons.putIfAbsent(why, reasons.size() + 1));
    List<List<String>> numbered = rows.stream().map(row -> numbered(row, reasons)).toList();
    List<String> legend = withLegend(table(columns, numbered), reasons.keySet());
    if (fits(legend, width)) {
      return legend;
    }
    List<String> stacked = stacked(columns, rows);
    return fits(stacked, width)
        ? stacked
        : withLegend(stacked(columns, numbered), reasons.keySet());
  }

  private static boolean fits(List<String> lines, int width) {
    return lines.stream().allMatch(line -> line.length() <= width);
  }

  private static String last(List<String> row) {
    return row.get(row.size() - 1);
  }

  private static List<String> numbered(List<String> row, Map<String, Integer> reasons) {
    List<String> numbered = new ArrayList<>(row);
    String why = last(row);
    numbered.set(row.size() - 1, why.isEmpty() ? "" : "(%d)".formatted(reasons.get(why)));
    return numbered;
  }

  private static List<String> withLegend(List<String> lines, Collection<String> reasons) {
    List<String> texts = List.copyOf(reasons);
    Stream<String> legend =
        IntStream.range(0, texts.size()).mapToObj(i -> "(%d) %s".formatted(i + 1, texts.get(i)));
    return Stream.of(lines.stream(), Stream.of(""), legend).flatMap(part -> part).toList();
  }

  private static List<String> table(List<Column> columns, List<List<String>> rows) {
    TextTable table = TextTable.fitting(columns, rows);
    return Stream.concat(table.header().lines(), rows.stream().map(table::row)).toList();
  }

  /** Bytes are left to the wider layouts. */
  private static List<String> stacked(List<Column> columns, List<List<String>> rows) {
    int[] below =
        IntStream.range(FIRST_LINE, columns.size())
            .filter(i -> !columns.get(i).title().equals(BYTES))
            .toArray();
    List<String> second =
        table(
            IntStream.of(below).mapToObj(columns::get).toList(),
            rows.stream().map(row -> IntStream.of(below).mapToObj(row::get).toList()).toList());
    List<String> lines = new ArrayList<>();
    lines.add(caption(columns.stream().map(Column::title).toList()));
    lines.add(INDENT + second.get(0));
    lines.add(INDENT + second.get(1));
    for (int i = 0; i < rows.size(); i++) {
      lines.add(caption(rows.get(i)));
      lines.add(INDENT + second.get(i + 2));
    }
    return lines;
  }

  private static String caption(List<String> cells) {
    return cells.subList(0, FIRST_LINE).stream()
        .filter(cell -> !cell.isEmpty())
        .collect(Collectors.joining("  "));
  }
}
