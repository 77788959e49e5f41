package dev.kindling.report;

import dev.kindling.diagnose.NamedDiagnosis;
import dev.kindling.diagnose.Ranking;
import dev.kindling.diagnose.Standing;
import dev.kindling.diagnose.Training;
import dev.kindling.report.Content.Table;
import dev.kindling.report.Page.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Shows starts of one model side by side, the best first. */
public final class ComparisonPage {
  private ComparisonPage() {}

  /**
   * Returns the page.
   *
   * @param model what it is of
   * @param standings from best to worst
   * @param shown a diagnosis of each, in that order
   * @param training how they trained, if they did
   */
  public static Page of(
      String model,
      List<Standing> standings,
      List<NamedDiagnosis> shown,
      Optional<Training> training) {
    List<List<String>> rows =
        standings.stream()
            .map(
                it ->
                    List.of(
                        String.valueOf(it.place()),
                        it.name(),
                        Words.number(it.departure()),
                        Words.number(it.forward()),
                        Words.number(it.backward()),
                        Ranking.why(it)))
            .toList();
    Section ranking =
        new Section(
            "Ranking",
            Words.format(
                "Over %d seeds: the typical factor by which signals depart from keeping their size over the layers, forward and backward together. Starts that differ by less than two standard errors, or 5 percent, share a place. The curves are those of the first seed.",
                standings.get(0).seeds()),
            List.of(
                new Table(
                    List.of(
                        Table.right("place"),
                        Table.left("start"),
                        Table.right("departs by"),
                        Table.right("forward"),
                        Table.right("backward"),
                        Table.left("why")),
                    rows)));
    List<Section> before = new ArrayList<>(List.of(ranking));
    training.ifPresent(it -> before.add(TrainingSection.of(it, names(standings))));
    return new DiagnosisPage(model, shown).page(before);
  }

  private static List<String> names(List<Standing> standings) {
    return standings.stream().map(Standing::name).toList();
  }
}
