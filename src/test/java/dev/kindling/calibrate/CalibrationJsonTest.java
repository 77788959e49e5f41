package dev.kindling.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kindling.base.InputException;
import dev.kindling.forward.Measure;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalibrationJsonTest {
  private static final LsuvSettings SETTINGS =
      new LsuvSettings(
          512,
          32,
          1.5,
          Optional.of(-0.25),
          Measure.OUTPUT,
          Statistic.CHANNEL,
          FusedBlocks.SEPARATE,
          Optional.of(new Resample(0.05, 4)),
          Optional.of(480),
          1e4);
  private static final Calibration CALIBRATION =
      new Calibration(
          SETTINGS,
          480,
          7,
          new Calibration.Sampling("models/scaler", "digit"),
          "ab".repeat(32),
          new Calibration.Environment("onnxruntime 1.28.0", "amd64 fma avx2"),
          List.of(
              new LayerResult(
                  "conv1",
                  "conv1.weight",
                  1L << 40,
                  -0.1,
                  0.3,
                  1,
                  1.1e-7,
                  3,
                  Optional.of(new FreshVariance(1.02, 0.9, Double.POSITIVE_INFINITY)),
                  "",
                  "it has no bias that could be shifted"),
              new LayerResult("fc", "größe.weight", 20, 0, 0, 0, 1, "its output does not vary"),
              LayerResult.skipped("head", "head.weight", "it is \"tied\"")));

  @Test
  void roundTrip() {
    String json = CalibrationJson.toJson(CALIBRATION);
    assertThat(CalibrationJson.parse(json, "test")).isEqualTo(CALIBRATION);
    assertThat(CalibrationJson.toJson(CalibrationJson.parse(json, "test"))).isEqualTo(json);
  }

  @Test
  void anotherReaderSeesTheSame() throws Exception {
    JsonNode json = new ObjectMapper().readTree(CalibrationJson.toJson(CALIBRATION));
    assertThat(json.get("method").asText()).isEqualTo("lsuv");
    assertThat(json.get("batch").asInt()).isEqualTo(512);
    assertThat(json.get("micro-batch").asInt()).isEqualTo(32);
    assertThat(json.get("target-variance").asDouble()).isEqualTo(1.5);
    assertThat(json.get("layers").get(0).get("count").asLong()).isEqualTo(1L << 40);
    assertThat(json.get("layers").get(0).get("scale").asDouble()).isEqualTo(1.1e-7);
    assertThat(json.get("layers").get(0).has("left-alone")).isFalse();
    assertThat(json.get("layers").get(2).has("mean")).isFalse();
    assertThat(json.get("layers").get(2).get("left-alone").asText()).isEqualTo("it is \"tied\"");
  }

  @Test
  void numbersThatAreNotFiniteComeBackAsNaN() {
    LayerResult infinite =
        new LayerResult(
            "a",
            "a.weight",
            3,
            Double.NEGATIVE_INFINITY,
            Double.POSITIVE_INFINITY,
            Double.NaN,
            1,
            "its output is not finite");
    Calibration calibration =
        new Calibration(
            CALIBRATION.settings(),
            0,
            0,
            Calibration.Sampling.PLAIN,
            "00",
            CALIBRATION.environment(),
            List.of(infinite));
    LayerResult read =
        CalibrationJson.parse(CalibrationJson.toJson(calibration), "test").layers().get(0);
    assertThat(read.mean()).isNaN();
    assertThat(read.varianceBefore()).isNaN();
    assertThat(read.varianceAfter()).isNaN();
    assertThat(read.leftAlone()).isEqualTo("its output is not finite");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"batch\": \"x\"}",
        "{\"batch\": 1e30}",
        "{\"batch\": 5000000000}",
        "{\"batch\": 0, \"micro-batch\": 1, \"target-variance\": 1}"
      })
  void otherTextIsNoCalibration(String json) {
    assertThatThrownBy(() -> CalibrationJson.parse(json, "m.json"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("m.json");
  }
}
