package dev.kindling.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A table of aligned text. Widths are fixed before the first row, so that rows can be printed as
 * they come.
 */
final class TextTable {
  private static final String GAP = "  ";

  private final List<Column> columns;

  TextTable(List<Column> columns) {
    this.columns = List.copyOf(columns);
  }

  /** Returns a table wide enough for its titles and all these rows. */
  static TextTable fitting(List<Column> titles, List<List<String>> rows) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < titles.size(); i++) {
      int index = i;
      int widest = rows.stream().mapToInt(row -> row.get(index).length()).max().orElse(0);
      columns.add(titles.get(i).atLeast(widest));
    }
    return new TextTable(columns);
  }

  /** Returns the text in lines of at most so many characters, broken at blanks where possible. */
  static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  /** Returns the titles and a rule under them. */
  String header() {
    String rule =
        columns.stream().map(column -> "-".repeat(column.width())).collect(Collectors.joining(GAP));
    return row(columns.stream().map(Column::title).toList())
        + System.lineSeparator()
        + rule.stripTrailing();
  }

  /** Returns one aligned row without trailing blanks. */
  String row(List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < columns.size(); i++) {
      line.append(i == 0 ? "" : GAP).append(columns.get(i).pad(cells.get(i)));
    }
    return line.toString().stripTrailing();
  }

  /** Returns one aligned row without trailing blanks. */
  String row(String... cells) {
    return row(Arrays.asList(cells));
  }

  /**
   * A column.
   *
   * @param title what stands above it
   * @param width its least width in characters
   * @param side where its cells are aligned
   */
  record Column(String title, int width, Side side) {
    static Column left(String title) {
      return new Column(title, title.length(), Side.LEFT);
    }

    static Column right(String title) {
      return new Column(title, title.length(), Side.RIGHT);
    }

    Column atLeast(int least) {
      return new Column(title, Math.max(width, least), side);
    }

    private String pad(String cell) {
      String blanks = " ".repeat(Math.max(0, width - cell.length()));
      return side == Side.LEFT ? cell + blanks : blanks + cell;
    }
  }

  /** The side at which cells are aligned. */
  enum Side {
    LEFT,
    RIGHT
  }
}
