package dev.kindling.cli;

import dev.kindling.cli.TextTable.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A table in as many columns as fit: the least important ones are left out first. */
final class NarrowTable {
  private static final int GAP = 2;

  private final TextTable table;
  private final List<Integer> shown;

  /**
   * Chooses columns.
   *
   * @param columns all of them, wide enough for their cells
   * @param width columns of text that there are
   * @param dispensable titles, the least important first; the others always stay
   */
  NarrowTable(List<Column> columns, int width, List<String> dispensable) {
    List<Integer> left = new ArrayList<>(IntStream.range(0, columns.size()).boxed().toList());
    for (String title : dispensable) {
      if (left.stream().mapToLong(i -> columns.get(i).width() + GAP).sum() - GAP > width) {
        left.removeIf(i -> columns.get(i).title().equals(title));
      }
    }
    this.shown = List.copyOf(left);
    this.table = new TextTable(shown.stream().map(columns::get).toList());
  }

  /** Returns titles and rows as lines. */
  static List<String> lines(
      List<Column> titles, List<List<String>> rows, int width, List<String> dispensable) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < titles.size(); i++) {
      int index = i;
      int widest = rows.stream().mapToInt(row -> row.get(index).length()).max().orElse(0);
      columns.add(titles.get(i).atLeast(widest));
    }
    NarrowTable table = new NarrowTable(columns, width, dispensable);
    return Stream.concat(table.header().lines(), rows.stream().map(table::row)).toList();
  }

  /** Returns the titles and a rule under them. */
  String header() {
    return table.header();
  }

  /** Returns an aligned row. */
  String row(List<String> cells) {
    return table.row(shown.stream().map(cells::get).toList());
  }
}
