package dev.kindling.diagnose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.model.Activation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class RankingTest {
  @Test
  void starvedStartsComeLastAndEqualOnesTie() {
    Map<String, List<Diagnosis>> starts = new LinkedHashMap<>();
    starts.put("starved", List.of(diagnosis(0.5, 1), diagnosis(0.5, 1)));
    starts.put("flat", List.of(diagnosis(1, 1), diagnosis(1.01, 1)));
    starts.put("flat too", List.of(diagnosis(1.01, 1), diagnosis(1, 1)));
    List<Standing> standings = Ranking.of(starts);
    assertThat(standings).extracting(Standing::name).containsExactly("flat", "flat too", "starved");
    assertThat(standings).extracting(Standing::place).containsExactly(1, 1, 3);
    // Logarithms of 1, 1/2, 1/4, 1/8: a spread of ln 2 sqrt(5/4); gradients keep their size.
    double spread = Math.log(2) * Math.sqrt(1.25);
    assertThat(standings.get(2).forward()).isCloseTo(Math.exp(spread), within(1e-12));
    assertThat(standings.get(2).departure())
        .isCloseTo(Math.exp(spread / Math.sqrt(2)), within(1e-12));
    assertThat(standings.get(2).backward()).isCloseTo(1, within(1e-12));
  }

  /** Means differ by a factor of 1.3, but seeds by more. */
  @Test
  void whatSeedsCannotTellApartIsATie() {
    Map<String, List<Diagnosis>> starts = new LinkedHashMap<>();
    starts.put("a", List.of(diagnosis(0.9, 1), diagnosis(0.4, 1)));
    starts.put("b", List.of(diagnosis(0.8, 1), diagnosis(0.3, 1)));
    assertThat(Ranking.of(starts)).extracting(Standing::place).containsExactly(1, 1);
  }

  @Test
  void whatOverflowsIsLast() {
    Map<String, List<Diagnosis>> starts = new LinkedHashMap<>();
    starts.put("overflows", List.of(diagnosis(Double.POSITIVE_INFINITY, 1)));
    starts.put("starved", List.of(diagnosis(1e-3, 1)));
    List<Standing> standings = Ranking.of(starts);
    assertThat(standings).extracting(Standing::name).containsExactly("starved", "overflows");
    assertThat(Ranking.why(standings.get(1)))
        .isEqualTo("outputs or Jacobians are not finite, or nothing comes out");
  }

  /** Zeros everywhere keep their size well, but are no start. */
  @Test
  void silenceIsNoVirtue() {
    Map<String, List<Diagnosis>> starts = new LinkedHashMap<>();
    starts.put("starved", List.of(diagnosis(1e-3, 1)));
    starts.put("silent", List.of(diagnosis(0, 0, 0)));
    assertThat(Ranking.of(starts)).extracting(Standing::name).containsExactly("starved", "silent");
  }

  /** Four layers whose second moments and Jacobians change by a factor each. */
  private static Diagnosis diagnosis(double forward, double backward) {
    return diagnosis(1, forward, backward);
  }

  private static Diagnosis diagnosis(double first, double forward, double backward) {
    List<LayerSignal> layers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      double moment = first * Math.pow(forward, i);
      layers.add(
          new LayerSignal(
              "l" + i,
              "normal",
              Activation.NONE,
              0,
              moment,
              moment,
              OptionalDouble.empty(),
              OptionalDouble.empty(),
              OptionalDouble.empty(),
              OptionalDouble.empty(),
              Optional.of(new LayerSignal.Estimate(Math.pow(backward, i), 0))));
    }
    return new Diagnosis(1, 1, 1, layers, List.of(), List.of());
  }
}
