package dev.kindling.calibrate;

import static dev.kindling.calibrate.ShownModels.areCalibrated;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.forward.TensorValue;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.reader.ModelFiles;
import dev.kindling.reader.ModelReader;
import dev.kindling.recipe.Rule;
import dev.kindling.scheme.Normal;
import dev.kindling.scheme.Zeros;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/**
 * Small models of every kind: unit variance in the whole graph, on the sample and on fresh rows.
 * The large ones are in {@code LargeCalibratedModelsTest}.
 */
class CalibratedModelsTest {
  private static final List<Rule> NONE = List.of();
  private static final LsuvSettings SETTINGS = new LsuvSettings(64, 8, 1);

  @Test
  void digitsCnn() {
    areCalibrated(digits(NONE));
  }

  @Test
  void biasesThatAreNotZero() {
    Rule biases = new Rule(Optional.empty(), Optional.of(Role.BIAS), new Normal(0.2, 0.5));
    areCalibrated(digits(List.of(biases)));
  }

  /** Its branch ends in zeros: it is left alone, and what follows is calibrated all the same. */
  @Test
  void aDeadLayer() {
    Rule zeros = new Rule(Optional.of("block.conv2.weight"), Optional.empty(), new Zeros());
    CalibratedModel model = digits(List.of(zeros));
    areCalibrated(model, "block.conv2");
    assertThat(model.results().get("block.conv2").leftAlone())
        .isEqualTo("its output does not vary");
  }

  @Test
  void fiftyPlainLayers() {
    areCalibrated(
        calibrated(
            """
            input: {name: x, shape: [32]}
            layers:
              - repeat:
                  name: body
                  times: 50
                  layers:
                    - dense: {name: fc, out: 32}
                    - relu
              - dense: {name: head, out: 10}
            """,
            new LsuvSettings(1024, 32, 1),
            (first, count) -> ShownModels.normals(Shape.of(32), first, count)));
  }

  @Test
  void residualsWithoutNormalisation() {
    areCalibrated(
        calibrated(
            """
            input: {name: x, shape: [3, 12, 12]}
            layers:
              - conv2d: {name: stem, out: 8, kernel: 3, padding: same}
              - repeat:
                  name: block
                  times: 6
                  layers:
                    - residual:
                        - relu
                        - conv2d: {name: conv1, out: 8, kernel: 3, padding: same}
                        - relu
                        - conv2d: {name: conv2, out: 8, kernel: 3, padding: same}
              - relu
              - global-avg-pool
              - flatten
              - dense: {name: head, out: 10}
            """,
            new LsuvSettings(192, 16, 1),
            (first, count) -> ShownModels.images(Shape.of(3, 12, 12), first, count)));
  }

  @Test
  void autoencoderWithTransposedConvolutions() {
    areCalibrated(
        calibrated(
            """
            input: {name: x, shape: [1, 16, 16]}
            layers:
              - conv2d: {name: down1, out: 8, kernel: 3, stride: 2, padding: 1}
              - relu
              - conv2d: {name: down2, out: 12, kernel: 3, stride: 2, padding: 1}
              - relu
              - conv2d-transposed: {name: up1, out: 8, kernel: 4, stride: 2, padding: 1}
              - relu
              - conv2d-transposed: {name: up2, out: 1, kernel: 4, stride: 2, padding: 1}
              - sigmoid
            """,
            new LsuvSettings(192, 16, 1),
            (first, count) -> ShownModels.images(Shape.of(1, 16, 16), first, count)));
  }

  /** Its head is the embedding, which is no layer of its own. */
  @Test
  void gpt2OnTokenIds() {
    String yaml =
        new String(ModelFiles.shipped("gpt2-small.yaml"), StandardCharsets.UTF_8)
            .replaceFirst(
                "let: .*", "let: {vocabulary: 500, context: 24, width: 48, depth: 3, heads: 4}");
    areCalibrated(
        calibrated(
            yaml,
            new LsuvSettings(96, 8, 1),
            (first, count) -> ShownModels.tokens(24, 500, first, count)));
  }

  private static CalibratedModel digits(List<Rule> rules) {
    Model model = ModelReader.read(ModelFiles.shipped("digits-cnn.yaml"), "digits-cnn.yaml");
    String input = model.graph().orElseThrow().onnx().getGraph().getInput(0).getName();
    return new CalibratedModel(
        model,
        rules,
        SETTINGS,
        (first, count) -> Map.of(input, ShownModels.images(Shape.of(1, 8, 8), first, count)));
  }

  private static CalibratedModel calibrated(
      String yaml, LsuvSettings settings, BiFunction<Integer, Integer, TensorValue> rows) {
    Model model = ModelReader.read(yaml.getBytes(StandardCharsets.UTF_8), "m.yaml");
    String input = model.graph().orElseThrow().onnx().getGraph().getInput(0).getName();
    return new CalibratedModel(
        model, NONE, settings, (first, count) -> Map.of(input, rows.apply(first, count)));
  }
}
