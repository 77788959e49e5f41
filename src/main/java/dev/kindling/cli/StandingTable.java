package dev.kindling.cli;

import dev.kindling.cli.TextTable.Column;
import dev.kindling.diagnose.Ranking;
import dev.kindling.diagnose.Standing;
import java.io.PrintWriter;
import java.util.List;

/** A ranking for people. */
final class StandingTable {
  private static final List<Column> COLUMNS =
      List.of(
          Column.right("place"),
          Column.left("start"),
          Column.right("departs by"),
          Column.right("forward"),
          Column.right("backward"));

  private StandingTable() {}

  static void print(List<Standing> standings, int width, PrintWriter out) {
    List<List<String>> rows = standings.stream().map(it -> row(it, standings)).toList();
    TextTable table = TextTable.fitting(COLUMNS, rows);
    out.println(table.header());
    rows.forEach(row -> out.println(table.row(row)));
    out.println();
    SignalTable.printVerdict(verdict(standings), width, out);
  }

  /** Says who is best and why, or that it cannot be told. */
  static String verdict(List<Standing> standings) {
    List<String> best =
        standings.stream().filter(it -> it.place() == 1).map(Standing::name).toList();
    Standing last = standings.get(standings.size() - 1);
    String worst =
        last.place() == 1 ? "" : "; %s is last: %s".formatted(last.name(), Ranking.why(last));
    return best.size() == 1
        ? "%s keeps signals best: %s%s".formatted(best.get(0), Ranking.why(standings.get(0)), worst)
        : "%s tie: they differ by less than two standard errors over the seeds, or 5 %%%s"
            .formatted(String.join(", ", best), worst);
  }

  private static List<String> row(Standing it, List<Standing> all) {
    long sharing = all.stream().filter(other -> other.place() == it.place()).count();
    return List.of(
        it.place() + (sharing > 1 ? " tie" : ""),
        it.name(),
        SignalTable.number(it.departure()),
        SignalTable.number(it.forward()),
        SignalTable.number(it.backward()));
  }
}
