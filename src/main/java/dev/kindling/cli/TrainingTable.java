package dev.kindling.cli;

import dev.kindling.cli.TextTable.Column;
import dev.kindling.diagnose.Training;
import dev.kindling.diagnose.TrainingRanking;
import dev.kindling.diagnose.TrainingStanding;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** How starts trained, for people. */
final class TrainingTable {
  private static final List<Column> COLUMNS =
      List.of(
          Column.right("place"),
          Column.left("start"),
          Column.right("mean loss"),
          Column.right("first"),
          Column.right("last"),
          Column.right("accuracy"));

  private TrainingTable() {}

  static void print(Training training, int seeds, int width, PrintWriter out) {
    List<TrainingStanding> standings = TrainingRanking.of(training);
    String head =
        String.format(
            Locale.ROOT,
            "Trained by MLlib on %,d rows, at most %d iterations of L-BFGS, %d seeds each; accuracy on %,d others",
            training.rows(),
            training.iterations(),
            seeds,
            training.heldOut());
    TextTable.wrap(head, width).forEach(out::println);
    out.println();
    List<List<String>> rows = standings.stream().map(it -> row(it, standings)).toList();
    TextTable table = TextTable.fitting(COLUMNS, rows);
    out.println(table.header());
    rows.forEach(row -> out.println(table.row(row)));
    out.println();
    TrainingRanking.verdicts(standings).forEach(line -> SignalTable.printVerdict(line, width, out));
  }

  private static List<String> row(TrainingStanding it, List<TrainingStanding> all) {
    long sharing = all.stream().filter(other -> other.place() == it.place()).count();
    return List.of(
        it.place() + (sharing > 1 ? " tie" : ""),
        it.name(),
        SignalTable.number(it.loss()),
        SignalTable.number(it.first()),
        SignalTable.number(it.last()),
        String.format(Locale.ROOT, "%.2f%% ± %.2f", 100 * it.accuracy(), 100 * it.accuracyError()));
  }
}
