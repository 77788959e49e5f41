package dev.kindling.diagnose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainingRankingTest {
  @Test
  void theAreaUnderTheCurveDecides() {
    Map<String, List<TrainingRun>> runs = new LinkedHashMap<>();
    runs.put("slow", List.of(run(0.9, 2, 2, 2, 0.001), run(0.9, 2, 2, 2, 0.002)));
    // Converged after two of three iterations: its loss stays.
    runs.put("quick", List.of(run(0.8, 2, 0.5, 0.25), run(0.82, 2, 0.5, 0.26)));
    List<TrainingStanding> standings = TrainingRanking.of(new Training(8, 2, 3, runs));
    assertThat(standings).extracting(TrainingStanding::name).containsExactly("quick", "slow");
    assertThat(standings).extracting(TrainingStanding::place).containsExactly(1, 2);
    assertThat(standings.get(0).loss())
        .isCloseTo(Math.sqrt(0.75 * (2 + 0.5 + 2 * 0.26) / 4), within(1e-12));
    assertThat(standings.get(0).last()).isCloseTo(Math.sqrt(0.25 * 0.26), within(1e-12));
    assertThat(standings.get(0).accuracy()).isCloseTo(0.81, within(1e-12));
    // Two numbers: half of their distance.
    assertThat(standings.get(0).accuracyError()).isCloseTo(0.01, within(1e-12));
    assertThat(TrainingRanking.verdicts(standings))
        .containsExactly(
            "quick trains best; slow is last, with 1.99 times the best mean loss",
            "Accuracy on held-out rows is best from slow");
  }

  @Test
  void whatSeedsCannotTellApartIsATie() {
    Map<String, List<TrainingRun>> runs = new LinkedHashMap<>();
    runs.put("a", List.of(run(0.90, 2, 1), run(0.80, 2, 0.2)));
    runs.put("b", List.of(run(0.85, 2, 0.9), run(0.84, 2, 0.5)));
    List<TrainingStanding> standings = TrainingRanking.of(new Training(8, 2, 1, runs));
    assertThat(standings).extracting(TrainingStanding::place).containsExactly(1, 1);
    assertThat(TrainingRanking.verdicts(standings))
        .containsExactly(
            "a, b tie in training: their losses differ by less than two standard errors over the seeds, or 5 %",
            "Accuracy on held-out rows is a tie: it tells no start from another");
  }

  @Test
  void whatIsNotFiniteIsLast() {
    Map<String, List<TrainingRun>> runs = new LinkedHashMap<>();
    runs.put("breaks", List.of(run(0.1, 2, Double.NaN)));
    runs.put("trains", List.of(run(0.9, 2, 1)));
    assertThat(TrainingRanking.of(new Training(8, 2, 1, runs)))
        .extracting(TrainingStanding::name)
        .containsExactly("trains", "breaks");
  }

  private static TrainingRun run(double accuracy, double... losses) {
    return new TrainingRun(Arrays.stream(losses).boxed().toList(), accuracy);
  }
}
