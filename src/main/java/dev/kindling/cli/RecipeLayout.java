package dev.kindling.cli;

import dev.kindling.cli.TextTable.Column;
import java.util.ArrayList;
import java.util.List;
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
    List<String> reasons =
        rows.stream().map(RecipeLayout::last).filter(why -> !why.isEmpty()).distinct().toList();
    List<List<String>> numbered = rows.stream().map(row -> numbered(row, reasons)).toList();
    return Stream.of(
            table(columns, rows),
            withLegend(table(columns, numbered), reasons),
            stacked(columns, rows))
        .filter(lines -> lines.stream().allMatch(line -> line.length() <= width))
        .findFirst()
        .orElseGet(() -> withLegend(stacked(columns, numbered), reasons));
  }

  private static String last(List<String> row) {
    return row.get(row.size() - 1);
  }

  private static List<String> numbered(List<String> row, List<String> reasons) {
    List<String> numbered = new ArrayList<>(row);
    String why = last(row);
    numbered.set(row.size() - 1, why.isEmpty() ? "" : "(%d)".formatted(reasons.indexOf(why) + 1));
    return numbered;
  }

  private static List<String> withLegend(List<String> lines, List<String> reasons) {
    Stream<String> legend =
        IntStream.range(0, reasons.size())
            .mapToObj(i -> "(%d) %s".formatted(i + 1, reasons.get(i)));
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
