package dev.kindling.cli;

import dev.kindling.calibrate.FreshVariance;
import dev.kindling.calibrate.LayerResult;
import dev.kindling.calibrate.Progress;
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
final class LayerTable implements Progress {
  private static final int NUMBER_WIDTH = 10;
  private static final int FRESH_WIDTH = 22;
  private static final int TIME_WIDTH = 8;
  private static final String NOTE = "    ";
  private static final List<String> DISPENSABLE =
      List.of("fan-in", "fan-out", "rows", "shape", "time", "scheme", "after", "on fresh rows");

  private final Recipe recipe;
  private final int batch;
  private final PrintWriter out;
  private final NarrowTable table;
  private final int width;

  /**
   * Fixes the widths of the columns.
   *
   * @param layers names of all layers that may come, with the tensor of each
   * @param batch number of rows of a sample
   * @param width columns of text that there are
   */
  LayerTable(Recipe recipe, List<Row> layers, int batch, int width, PrintWriter out) {
    this.width = width;
    this.recipe = recipe;
    this.batch = batch;
    this.out = out;
    List<Column> numbers =
        List.of(
            Column.right("variance before"),
            Column.right("after"),
            Column.right("scale"),
            Column.right("rows"));
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
    columns.add(Column.left("on fresh rows").atLeast(FRESH_WIDTH));
    columns.add(Column.right("time").atLeast(TIME_WIDTH));
    this.table = new NarrowTable(columns, width, DISPENSABLE);
  }

  void printHeader() {
    out.println(table.header());
    out.flush();
  }

  @Override
  public void calibrated(LayerResult result, long nanos) {
    print(result, result.samples() == 0 ? "-" : "%.2f s".formatted(nanos / 1e9));
  }

  @Override
  public void replayed(LayerResult result) {
    print(result, "known");
  }

  private void print(LayerResult result, String time) {
    List<String> row = new ArrayList<>(known(result.layer(), result.tensor()));
    row.add(number(result.varianceBefore()));
    row.add(number(result.varianceAfter()));
    row.add(number(result.scale()));
    row.add(result.samples() == 0 ? "-" : String.valueOf((long) result.samples() * batch));
    row.add(result.fresh().map(LayerTable::fresh).orElse("-"));
    row.add(time);
    String note = result.isLeftAlone() ? "left alone: " + result.leftAlone() : result.note();
    String line = table.row(row);
    if (note.isEmpty() || line.length() + 2L + note.length() <= width) {
      out.println((line + "  " + note).stripTrailing());
    } else {
      out.println(line);
      TextTable.wrap(note, width - NOTE.length()).forEach(part -> out.println(NOTE + part));
    }
    out.flush();
  }

  private static String fresh(FreshVariance fresh) {
    if (fresh.isVague()) {
      return "%.4f (too few rows)".formatted(fresh.variance());
    }
    return "%.4f (%.4f..%.4f)".formatted(fresh.variance(), fresh.low(), fresh.high());
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
