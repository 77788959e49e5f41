package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.model.Model;
import dev.kindling.preset.Labels;
import dev.kindling.preset.OutputBias;
import dev.kindling.preset.OutputBias.Of;
import dev.kindling.preset.OutputBias.Weights;
import dev.kindling.preset.Presets;
import dev.kindling.reader.ModelReader;
import dev.kindling.scheme.Draw;
import dev.kindling.scheme.Orthogonal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frequencies of 1, 3 and 4 rows in 8. */
class OutputBiasTest {
  private static final Labels COUNTS =
      new Labels.Classes(new TreeMap<>(Map.of(0L, 1L, 1L, 3L, 2L, 4L)));

  private static Model outputs(int count) {
    String text = "input: {shape: [4]}\nlayers: [dense: {name: fc, out: %d}]\n".formatted(count);
    return ModelReader.read(text.getBytes(StandardCharsets.UTF_8), "m.yaml");
  }

  private static OutputBias bias(Of of, double smoothing, Labels labels) {
    return new OutputBias(of, smoothing, Weights.KEEP, Optional.of(labels));
  }

  private static Plan plan(int outputs, OutputBias preset) {
    InitSettings settings =
        new InitSettings(1, List.of(), Optional.empty()).withPresets(List.of(preset));
    return Planner.plan(outputs(outputs), settings, Set.of());
  }

  private static List<Double> values(int outputs, OutputBias preset) {
    Block block =
        ((Source.Drawn) plan(outputs, preset).recipe().entry("fc.bias").source()).blocks().get(0);
    return outputs == 1
        ? List.of(((Draw.Fill) block.scheme().draw(block.fans())).value())
        : block.shift().values();
  }

  @Test
  void softmaxGetsLogarithmsOfFrequencies() {
    assertThat(values(3, bias(Of.PRIOR, 0, COUNTS)))
        .containsExactly(Math.log(0.125), Math.log(0.375), Math.log(0.5));
    assertThat(values(4, bias(Of.PRIOR, 0.5, COUNTS)))
        .containsExactly(
            Math.log(1.5 / 10), Math.log(3.5 / 10), Math.log(4.5 / 10), Math.log(0.5 / 10));
  }

  @Test
  void sigmoidGetsLogOdds() {
    Labels two = new Labels.Classes(new TreeMap<>(Map.of(0L, 99L, 1L, 1L)));
    assertThat(values(1, bias(Of.PRIOR, 0, two)).get(0)).isEqualTo(-Math.log(99));
  }

  @ParameterizedTest
  @CsvSource({"MEAN, 20", "MEDIAN, 20", "LOG_MEAN, 2.995732273553991"})
  void regressionGetsItsCentre(Of of, double expected) {
    assertThat(values(1, bias(of, 0, new Labels.Centre(7, 20)))).containsExactly(expected);
  }

  @Test
  void labelsThatDoNotFitAreNamed() {
    assertThatThrownBy(() -> plan(4, bias(Of.PRIOR, 0, COUNTS)))
        .hasMessageContaining("class 3 has no rows");
    assertThatThrownBy(() -> plan(2, bias(Of.PRIOR, 0, COUNTS)))
        .hasMessageContaining("label 2 is no class (expected 0 to 1)");
    assertThatThrownBy(() -> plan(2, bias(Of.MEAN, 0, new Labels.Centre(7, 20))))
        .hasMessageContaining("mean is for one output, and 'fc.bias' has 2; use of: prior");
    assertThatThrownBy(() -> plan(1, bias(Of.LOG_MEAN, 0, new Labels.Centre(7, -1))))
        .hasMessageContaining("the labels' mean has no logarithm (expected above 0, found -1.0)");
  }

  @Test
  void beforeLabelsAreReadTheBiasIsZeroAndANoteSaysSo() {
    OutputBias word = (OutputBias) Presets.of("output_bias", Map.of(), new Orthogonal(1));
    Plan plan = plan(3, word);
    assertThat(plan.notes())
        .containsExactly(
            "preset output_bias: 'fc.bias' is shown as zeros; init and lsuv read the labels and set their prior");
    assertThat(plan(3, word.on(COUNTS)).notes()).isEmpty();
  }
}
