package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.calibrate.LayerResult;
import dev.kindling.forward.TensorValue;
import dev.kindling.model.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A language model on token ids, calibrated on all rows there are. */
class TokenCalibrationTest {
  private static final Path MODEL =
      Path.of("src/test/resources/models/tokens-torchscript.onnx").toAbsolutePath();
  private static final int LENGTH = 5;
  private static final int VOCABULARY = 11;
  private static final int ROWS = 48;

  @TempDir static Path folder;
  private static Path json;
  private static List<long[]> rows;

  /** Rows of one to five ids. */
  @BeforeAll
  static void write() throws IOException {
    SplittableRandom random = new SplittableRandom(4);
    rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(random.longs(1 + i % LENGTH, 0, VOCABULARY).toArray());
    }
    json = folder.resolve("tokens.json");
    Files.write(
        json, rows.stream().map(row -> "{\"ids\": %s}".formatted(Arrays.toString(row))).toList());
  }

  @Test
  void everyLayerHasUnitVarianceInTheWholeGraph() throws IOException {
    Path out = folder.resolve("out");
    Cli.run("lsuv", configuration("pad: 0").toString(), "--out", out.toString()).isDone();
    Checkpoint checkpoint = new Checkpoint(out);
    Map<String, Double> variances = checkpoint.variances(MODEL, checkpoint.weights(), padded());
    assertThat(checkpoint.calibration().layers().stream().filter(layer -> !layer.isLeftAlone()))
        .hasSizeGreaterThan(2);
    checkpoint.isCalibrated(variances);
  }

  @Test
  void withoutPaddingAShortRowIsRefused() throws IOException {
    String out = folder.resolve("short").toString();
    Cli.Result result = Cli.run("lsuv", configuration("scale: 1").toString(), "--out", out);
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.err())
        .contains("at column 'ids'")
        .contains("wrong length of the array (expected 5, found ");
  }

  /** Each channel of its own, and its mean moved to 0.5 where there is a bias to do that. */
  @Test
  void channelsHaveVarianceAndMean() throws IOException {
    Path out = folder.resolve("channels");
    Cli.run(
            "lsuv",
            configuration("pad: 0").toString(),
            "--out",
            out.toString(),
            "--set",
            "lsuv.statistic=channel",
            "--set",
            "lsuv.target-mean=0.5")
        .isDone();
    Checkpoint checkpoint = new Checkpoint(out);
    Map<String, TensorValue> outputs = checkpoint.outputs(MODEL, checkpoint.weights(), padded());
    int moved = 0;
    for (LayerResult layer : checkpoint.calibration().layers()) {
      if (layer.isLeftAlone() || layer.note().contains("parts left alone")) {
        continue;
      }
      TensorValue output = outputs.get(layer.layer());
      int channels = (int) output.shape().dim(output.shape().rank() - 1);
      for (int channel = 0; channel < channels; channel++) {
        double[] moments = moments(output.toFloats(), channel, channels);
        assertThat(moments[1]).as(layer.layer()).isBetween(0.999, 1.001);
        if (layer.note().isEmpty()) {
          assertThat(moments[0]).as(layer.layer()).isBetween(0.499, 0.501);
          moved++;
        }
      }
    }
    assertThat(moved).isPositive();
  }

  private static double[] moments(float[] values, int channel, int channels) {
    double sum = 0;
    double squares = 0;
    int count = values.length / channels;
    for (int i = channel; i < values.length; i += channels) {
      sum += values[i];
    }
    for (int i = channel; i < values.length; i += channels) {
      squares += Math.pow(values[i] - sum / count, 2);
    }
    return new double[] {sum / count, squares / count};
  }

  private static TensorValue padded() {
    long[] all = new long[ROWS * LENGTH];
    for (int i = 0; i < ROWS; i++) {
      System.arraycopy(rows.get(i), 0, all, i * LENGTH, rows.get(i).length);
    }
    return TensorValue.ofLongs(Shape.of(ROWS, LENGTH), all);
  }

  private static Path configuration(String more) throws IOException {
    Path config =
        folder.resolve(
            more.chars().mapToObj(Integer::toString).collect(Collectors.joining()) + ".yaml");
    Files.writeString(
        config,
        """
        model: %s
        seed: 5
        lsuv:
          data: {format: json, path: %s, features: [ids], shape: [5], %s}
          batch: %d
          micro-batch: 16
        """
            .formatted(MODEL, json, more, ROWS));
    return config;
  }
}
