package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.forward.TensorValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts from data, from the command to the checkpoint. */
class StartEndToEndTest {
  /** MLlib's own classes are not all known to Kryo. */
  private static final Map<String, String> SPARK =
      Map.of("spark.kryo.registrationRequired", "false");

  private static final Path CNN = Path.of("conf/models/digits-cnn.yaml");

  @TempDir Path folder;

  @Test
  void centroidsAreCalibratedWrittenAndVerified() throws IOException {
    String out = folder.resolve("kmeans").toString();
    Cli.Result result = Cli.run(SPARK, "start", "conf/data-start.yaml", "--out", out).isDone();
    assertThat(result.lines().get(0))
        .startsWith("Start of 1 layers from 512 rows of ")
        .contains("KMEANS", "10000");

    Checkpoint checkpoint = new Checkpoint(Path.of(out));
    checkpoint.hasNoOtherFiles();
    Map<String, TensorValue> outputs =
        checkpoint.outputs(CNN, checkpoint.weights(), Digits.sample(42, 512));
    outputs.forEach(StartEndToEndTest::isCalibrated);
    assertThat(checkpoint.manifest().tensor("conv1.weight").schemes()).containsExactly("computed");
    Cli.run("verify", out).isDone();

    String copy = folder.resolve("copy").toString();
    Cli.run("materialise", out, "--out", copy).isDone();
    assertThat(Cli.digest(copy)).isEqualTo(Cli.digest(out));
    assertThat(Cli.run(SPARK, "start", "conf/data-start.yaml", "--out", out).isDone().out())
        .contains("complete already");
  }

  /** Each channel of each layer has mean 0.1 and variance 1. */
  private static void isCalibrated(String layer, TensorValue output) {
    float[] values = output.toFloats();
    int rows = Math.toIntExact(output.shape().dim(0));
    int channels = Math.toIntExact(output.shape().dim(1));
    int places = values.length / rows / channels;
    for (int channel = 0; channel < channels; channel++) {
      double sum = 0;
      double squares = 0;
      for (int row = 0; row < rows; row++) {
        for (int place = 0; place < places; place++) {
          double value = values[(row * channels + channel) * places + place];
          sum += value;
          squares += value * value;
        }
      }
      double mean = sum / rows / places;
      assertThat(mean).as("mean of %s %d", layer, channel).isCloseTo(0.1, within(1e-3));
      assertThat(squares / rows / places - mean * mean)
          .as("variance of %s %d", layer, channel)
          .isCloseTo(1, within(1e-3));
    }
  }

  /** The weight that PyTorch makes of g and v gives every output mean 0 and variance 1. */
  @Test
  void weightNormWritesLengthsAndDirections() throws IOException {
    String out = folder.resolve("norm").toString();
    Cli.run(
            SPARK,
            "start",
            "conf/data-start.yaml",
            "--set",
            "start={method: weight-norm, names: hook, layers: [{match: fc1}]}",
            "--set",
            "model=" + Path.of("conf/models/mlp.yaml").toAbsolutePath(),
            "--set",
            "lsuv.data.shape=[64]",
            "--out",
            out)
        .isDone();
    Checkpoint checkpoint = new Checkpoint(Path.of(out));
    Map<String, float[]> stored = checkpoint.weights();
    assertThat(stored)
        .containsOnlyKeys(
            "fc1.weight_g",
            "fc1.weight_v",
            "fc1.bias",
            "fc2.weight",
            "fc2.bias",
            "head.weight",
            "head.bias");
    assertThat(checkpoint.recipe().entry("fc1.weight_g").shape().dims()).containsExactly(128L, 1L);

    float[] v = stored.get("fc1.weight_v");
    float[] rows = Digits.sample(42, 512).toFloats();
    for (int unit = 0; unit < 128; unit++) {
      double square = 0;
      for (int i = 0; i < 64; i++) {
        square += (double) v[unit * 64 + i] * v[unit * 64 + i];
      }
      double factor = stored.get("fc1.weight_g")[unit] / Math.sqrt(square);
      double sum = 0;
      double squares = 0;
      for (int row = 0; row < 512; row++) {
        double output = stored.get("fc1.bias")[unit];
        for (int i = 0; i < 64; i++) {
          output += factor * v[unit * 64 + i] * rows[row * 64 + i];
        }
        sum += output;
        squares += output * output;
      }
      assertThat(sum / 512).isCloseTo(0, within(1e-4));
      assertThat(squares / 512).isCloseTo(1, within(1e-4));
    }
    Cli.run("verify", out).isDone();
  }

  @Test
  void refusesWhatCannotBeStarted() throws IOException {
    String out = folder.resolve("none").toString();
    String config = Path.of("conf/data-start.yaml").toString();
    Cli.run("start", "conf/quickstart.yaml", "--out", out)
        .isRefused(
            2,
            "Cannot start from data: conf/quickstart.yaml has no section start (expected for example start: {method: kmeans})");
    Cli.run("start", config, "--out", out, "--set", "start.method=kmean")
        .isRefused(
            2,
            "Cannot read configuration conf/data-start.yaml at start.method: unknown method 'kmean', did you mean 'kmeans'?");
    Cli.run("start", config, "--out", out, "--set", "start.patches=0")
        .isRefused(
            2,
            "Cannot read configuration conf/data-start.yaml at start.patches: patches is not positive: 0");
    Cli.run("start", config, "--out", out, "--set", "lsuv.measure=after-activation")
        .isRefused(
            2,
            "Cannot start from data: conf/data-start.yaml has lsuv.measure: after-activation, but each output gets its mean before the activation");
    Cli.run("start", config, "--out", out, "--set", "start={method: rbm}")
        .isRefused(
            2,
            "Cannot start from data: start.layers chooses no layer that is calibrated and has a sigmoid behind it (expected one of [conv1, conv2, block.conv1, block.conv2, fc1, fc2])");
    assertThat(Files.exists(Path.of(out))).isFalse();
  }
}
