package dev.kindling.cli;

import dev.kindling.calibrate.LayerResult;
import dev.kindling.cli.TextTable.Column;
import dev.kindling.model.Fans;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints calibrated layers one by one, aligned though the last row is not known when the first is
 * printed.
 */
final class LayerTable {
  private static final int NUMBER_WIDTH = 10;

  private final Recipe recipe;
  private final PrintWriter out;
  private final TextTable table;

  /**
   * Fixes the widths of the columns.
   *
   * @param layers names of all layers that may come, with the tensor of each
   */
  LayerTable(Recipe recipe, List<Row> layers, PrintWriter out) {
    this.recipe = recipe;
    this.out = out;
    List<Column> numbers =
        List.of(Column.right("variance before"), Column.right("after"), Column.right("scale"));
    List<Column> columns =
        new ArrayList<>(
            List.of(
                Column.left("layer"),
                Column.left("shape"),
                Column.right("fan-in"),
                Column.right("fan-out"),
                Column.left("scheme")));
    List<List<String>> known =
        layers.stream().map(row -> known(row.layer(), row.tensor())).toList();
    for (int i = 0; i < columns.size(); i++) {
      int index = i;
      int widest = known.stream().mapToInt(row -> row.get(index).length()).max().orElse(0);
      columns.set(i, columns.get(i).atLeast(widest));
    }
    numbers.forEach(column -> columns.add(column.atLeast(NUMBER_WIDTH)));
    columns.add(Column.left(""));
    this.table = new TextTable(columns);
  }

  void printHeader() {
    out.println(table.header());
    out.flush();
  }

  void print(LayerResult result) {
    List<String> row = new ArrayList<>(known(result.layer(), result.tensor()));
    row.add(number(result.varianceBefore()));
    row.add(number(result.varianceAfter()));
    row.add(number(result.scale()));
    row.add(result.isLeftAlone() ? "left alone: " + result.leftAlone() : "");
    out.println(table.row(row));
    out.flush();
  }

  private List<String> known(String layer, String tensor) {
    RecipeEntry entry = recipe.entry(tensor);
    Fans fans = RecipeTable.fans(entry);
    return List.of(
        layer,
        entry.shape().toString(),
        RecipeTable.fan(fans.in()),
        RecipeTable.fan(fans.out()),
        RecipeTable.scheme(entry));
  }

  private static String number(double value) {
    return Double.isFinite(value) ? "%.6g".formatted(value) : "-";
  }

  /** A layer to come. */
  record Row(String layer, String tensor) {}
}
