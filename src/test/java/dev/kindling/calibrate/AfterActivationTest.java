package dev.kindling.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.forward.Measure;
import dev.kindling.forward.TensorValue;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.reader.ModelReader;
import dev.kindling.recipe.Rule;
import dev.kindling.scheme.Normal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The activations themselves have the variance, as ONNX Runtime computes the whole graph. */
class AfterActivationTest {
  private static final int ROWS = 96;
  private static final List<Rule> BIASES =
      List.of(new Rule(Optional.empty(), Optional.of(Role.BIAS), new Normal(0.1, 0.5)));

  @ParameterizedTest
  @CsvSource({
    "relu, 1",
    "leaky-relu, 1",
    "elu, 1",
    "selu, 2",
    "gelu, 1",
    "gelu-tanh, 1",
    "silu, 1",
    "mish, 0.5",
    "hard-swish, 1",
    "softplus, 1",
    "tanh, 0.4",
    "lecun-tanh, 1",
    "softsign, 0.3",
    "sigmoid, 0.1"
  })
  void activationsHaveTheTargetVariance(String activation, double target) {
    CalibratedModel calibrated = dense(activation, settings(target, Statistic.LAYER));
    Map<String, Double> variances = calibrated.variances(0, ROWS, inputsOfLayers(calibrated));
    assertThat(variances).hasSize(3);
    variances.forEach(
        (layer, variance) -> {
          assertThat(calibrated.results().get(layer).leftAlone()).isEmpty();
          assertThat(variance).as(layer).isCloseTo(target, within(1e-4 * target));
        });
  }

  /** Each channel by itself, so all of them together have the variance within channels. */
  @ParameterizedTest
  @ValueSource(strings = {"relu", "gelu", "softplus"})
  void everyChannelHasIt(String activation) {
    CalibratedModel calibrated = convolutions(activation, settings(1, Statistic.CHANNEL));
    Map<String, float[]> values = calibrated.values(0, ROWS, inputsOfLayers(calibrated));
    assertThat(values.get("c1")).hasSize(ROWS * 6 * 36);
    for (int channel = 0; channel < 6; channel++) {
      float[] own = new float[ROWS * 36];
      for (int i = 0; i < own.length; i++) {
        own[i] = values.get("c1")[(i / 36 * 6 + channel) * 36 + i % 36];
      }
      assertThat(CalibratedModel.variance(own)).isCloseTo(1, within(1e-4));
    }
  }

  /** Fresh rows are judged behind the activation, too: their number is that of the whole graph. */
  @Test
  void freshRowsAreMeasuredThereToo() {
    CalibratedModel calibrated = dense("gelu", settings(1, Statistic.LAYER));
    Map<String, Double> fresh = calibrated.variances(ROWS, ROWS, inputsOfLayers(calibrated));
    fresh.forEach(
        (layer, variance) -> {
          FreshVariance reported = calibrated.results().get(layer).fresh().orElseThrow();
          assertThat(reported.variance()).isCloseTo(variance, within(1e-4));
          assertThat(reported.covers(1)).as("%s: %s", layer, reported).isTrue();
          assertThat(reported.high() - reported.low()).isBetween(0.001, 1.0);
        });
  }

  @Test
  void theLastLayerHasNoActivationAndIsMeasuredItself() {
    CalibratedModel calibrated = dense("relu", settings(1, Statistic.LAYER));
    LayerResult head = calibrated.results().get("head");
    assertThat(head.note()).isEmpty();
    assertThat(calibrated.results().get("a").note()).isEqualTo("measured behind its Relu");
    assertThat(calibrated.variances(0, ROWS, calibrated.outputs()).get("head"))
        .isCloseTo(1, within(1e-4));
  }

  /** A tanh stays below 1: no scale gives more. */
  @Test
  void whatSaturatesBelowTheTargetIsLeftAlone() {
    CalibratedModel calibrated = dense("tanh", settings(1, Statistic.LAYER));
    assertThat(calibrated.results().get("a").leftAlone())
        .startsWith(
            "behind its Tanh no scale within lsuv.max-correction gives variance 1.0, the outermost gives 0.99");
    assertThat(calibrated.results().get("a").scale()).isEqualTo(1);
    assertThat(calibrated.results().get("head").isLeftAlone()).isFalse();
  }

  @Test
  void meansAreNotSetThereToo() {
    assertThatThrownBy(
            () ->
                new LsuvSettings(
                    8,
                    8,
                    1,
                    Optional.of(0.0),
                    Measure.AFTER_ACTIVATION,
                    Statistic.LAYER,
                    FusedBlocks.TOGETHER,
                    Optional.empty(),
                    Optional.empty(),
                    10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "target-mean and measure: after-activation exclude each other: a bias that moves");
  }

  private static LsuvSettings settings(double target, Statistic statistic) {
    return new LsuvSettings(
        ROWS,
        16,
        target,
        Optional.empty(),
        Measure.AFTER_ACTIVATION,
        statistic,
        FusedBlocks.TOGETHER,
        Optional.empty(),
        Optional.of(ROWS),
        LsuvSettings.DEFAULT_MAX_CORRECTION);
  }

  private static CalibratedModel dense(String activation, LsuvSettings settings) {
    return calibrated(
        """
        input: {name: x, shape: [20]}
        layers:
          - dense: {name: a, out: 30}
          - %1$s
          - dense: {name: b, out: 25}
          - %1$s
          - dense: {name: c, out: 30}
          - %1$s
          - dense: {name: head, out: 4}
        """
            .formatted(activation),
        Shape.of(20),
        settings);
  }

  private static CalibratedModel convolutions(String activation, LsuvSettings settings) {
    return calibrated(
        """
        input: {name: x, shape: [2, 8, 8]}
        layers:
          - conv2d: {name: c1, out: 6, kernel: 3}
          - %1$s
          - conv2d: {name: c2, out: 5, kernel: 3}
        """
            .formatted(activation),
        Shape.of(2, 8, 8),
        settings);
  }

  private static CalibratedModel calibrated(String yaml, Shape sample, LsuvSettings settings) {
    Model model = ModelReader.read(yaml.getBytes(StandardCharsets.UTF_8), "m.yaml");
    return new CalibratedModel(
        model, BIASES, settings, (first, count) -> Map.of("x", rows(sample, first, count)));
  }

  private static TensorValue rows(Shape sample, int first, int count) {
    return CalibratedModel.rows(
        sample, first, count, row -> new SplittableRandom(77 + row)::nextGaussian);
  }

  /** In a chain, what the activation behind a layer makes is the next layer's input. */
  private static Map<String, String> inputsOfLayers(CalibratedModel calibrated) {
    List<NodeProto> layers =
        calibrated.graph().getNodeList().stream()
            .filter(node -> List.of("Conv", "Gemm", "MatMul").contains(node.getOpType()))
            .toList();
    List<String> names = List.copyOf(calibrated.results().keySet());
    Map<String, String> inputs = new LinkedHashMap<>();
    for (int i = 0; i + 1 < layers.size(); i++) {
      inputs.put(names.get(i), layers.get(i + 1).getInput(0));
    }
    return inputs;
  }
}
