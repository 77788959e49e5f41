package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.calibrate.FreshVariance;
import dev.kindling.calibrate.LayerResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The quickstart and its relatives, judged by programs that share nothing with them. */
class LsuvEndToEndTest {
  private static final String QUICKSTART = "conf/quickstart.yaml";
  private static final Path MODEL = Path.of("conf/models/digits-cnn.yaml");
  private static final int SEED = 42;

  @TempDir static Path folder;
  private static Path out;
  private static Cli.Result result;
  private static Checkpoint checkpoint;
  private static String digest;

  @BeforeAll
  static void quickstart() throws IOException {
    out = folder.resolve("digits");
    result = Cli.run("lsuv", QUICKSTART, "--out", out.toString()).isDone();
    checkpoint = new Checkpoint(out);
    digest = Cli.digest(out.toString());
  }

  @Test
  void everyLayerHasUnitVarianceInTheWholeGraph() throws Exception {
    Map<String, Double> variances =
        checkpoint.variances(MODEL, checkpoint.weights(), Digits.sample(SEED, 512));
    assertThat(variances).hasSize(6);
    assertThat(checkpoint.calibration().layers()).noneMatch(LayerResult::isLeftAlone);
    checkpoint.isCalibrated(variances);
  }

  @Test
  void soItHasWithTheWeightsThatDuckDbReads() throws Exception {
    Map<String, float[]> weights = checkpoint.weightsOfDuckDb();
    assertThat(weights).usingRecursiveComparison().isEqualTo(checkpoint.weights());
    checkpoint.isCalibrated(checkpoint.variances(MODEL, weights, Digits.sample(SEED, 512)));
  }

  /** ONNX Runtime alone, on the exported file, with the same rows: the numbers of each layer. */
  @Test
  void theExportedGraphGivesWhatCalibrationSaw() throws IOException {
    Path target = folder.resolve("onnx");
    Cli.run(
            "export",
            out.toString(),
            "--format",
            "onnx",
            "--model",
            MODEL.toString(),
            "--out",
            target.toString())
        .isDone();
    Map<String, Double> variances =
        checkpoint.variancesOfExport(MODEL, target.resolve("model.onnx"), Digits.sample(SEED, 512));
    List<LayerResult> layers = checkpoint.calibration().layers();
    assertThat(variances.keySet())
        .containsExactlyInAnyOrderElementsOf(layers.stream().map(LayerResult::layer).toList());
    for (LayerResult layer : layers) {
      assertThat(variances.get(layer.layer()))
          .as("variance of %s", layer.layer())
          .isCloseTo(layer.varianceAfter(), within(2e-5));
    }
  }

  @Test
  void theManifestHasTheStatisticsOfDuckDb() throws SQLException {
    checkpoint.hasTheStatisticsOfDuckDb();
  }

  @Test
  void theTableIsAlignedAndComplete() {
    List<String> lines = result.lines();
    assertThat(lines.get(0))
        .isEqualTo(
            "LSUV of 6 layers over 512 rows of conf/data/digits.csv, micro-batches of 32, target variance 1.0, seed 42");
    assertThat(lines.get(2))
        .matches(
            "layer +shape +fan-in +fan-out +scheme +variance before +after +scale +rows +on fresh rows +time *");
    assertThat(lines.subList(4, 10))
        .allSatisfy(line -> assertThat(line).contains("orthogonal").contains(" 1.00000 "));
    assertThat(lines.subList(4, 10))
        .extracting(line -> line.substring(0, 6))
        .containsExactly("conv1 ", "conv2 ", "block.", "block.", "fc1   ", "fc2   ");
    assertThat(result.out()).contains("digest " + digest).contains("jobs/kindling verify " + out);
    assertThat(result.err()).isEmpty();
  }

  @Test
  void verifyAgrees() {
    Cli.Result verified = Cli.run("verify", out.toString()).isDone();
    assertThat(verified.lines().get(0))
        .isEqualTo(
            "Verified %s: 81,882 values of 12 tensors in 1 file equal the recipe bit for bit, digest %s"
                .formatted(out, digest));
    assertThat(verified.lines().get(1)).matches("328\\.7 KiB in \\d+\\.\\d s");
    assertThat(Cli.run("verify", "--bytes", out.toString()).isDone().out())
        .contains("match their digests");
  }

  @Test
  void runAgainItSaysSoAndPrintsTheSameTable() throws IOException {
    List<String> before = checkpoint.files();
    Object modified = Files.getLastModifiedTime(out.resolve("manifest.json"));
    Cli.Result again = Cli.run("lsuv", QUICKSTART, "--out", out.toString()).isDone();
    assertThat(again.out()).contains("This checkpoint is complete already; nothing was written.");
    assertThat(withoutTimes(again.lines())).containsAll(withoutTimes(result.lines()));
    assertThat(checkpoint.files()).isEqualTo(before);
    assertThat(Files.getLastModifiedTime(out.resolve("manifest.json"))).isEqualTo(modified);
  }

  private static List<String> withoutTimes(List<String> lines) {
    return lines.stream().map(line -> line.replaceFirst(" +(\\d+\\.\\d\\d s|known)$", "")).toList();
  }

  /** The whole graph on the rows that follow those of the sample says what the table says. */
  @Test
  void freshRowsHaveTheVarianceThatIsReported() throws IOException {
    Map<String, Double> variances =
        checkpoint.variances(MODEL, checkpoint.weights(), Digits.sample(SEED, 512, 1024));
    for (LayerResult layer : checkpoint.calibration().layers()) {
      FreshVariance fresh = layer.fresh().orElseThrow();
      assertThat(variances.get(layer.layer())).isCloseTo(fresh.variance(), within(1e-4));
      assertThat(fresh.covers(1)).as(layer.layer()).isTrue();
      assertThat(fresh.high() - fresh.low()).isBetween(0.01, 0.5);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void partitionsAndOrderDoNotMatter(int partitions) throws IOException {
    List<String> lines = new ArrayList<>(Digits.lines());
    Collections.shuffle(lines, new Random(partitions));
    Path data = folder.resolve("csv-" + partitions);
    Digits.write(data, lines, partitions);
    Path other = folder.resolve("partitions-" + partitions);
    Cli.run(
            Map.of("spark.default.parallelism", String.valueOf(partitions)),
            "lsuv",
            QUICKSTART,
            "--out",
            other.toString(),
            "--set",
            "lsuv.data.path=" + data)
        .isDone();
    assertThat(Cli.digest(other.toString())).isEqualTo(digest);
  }

  @ParameterizedTest
  @CsvSource({"features, 3", "array, 2"})
  void parquetGivesTheSame(String form, int files) throws SQLException {
    Path data = folder.resolve(form + ".parquet");
    ParquetDigits.write(data, form.equals("array"), files);
    Path other = folder.resolve("parquet-" + form);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "lsuv",
                QUICKSTART,
                "--out",
                other.toString(),
                "--set",
                "lsuv.data.format=parquet"));
    arguments.addAll(List.of("--set", "lsuv.data.path=" + data));
    if (form.equals("array")) {
      arguments.addAll(List.of("--set", "lsuv.data.features=[pixels]"));
    }
    Cli.run(arguments.toArray(String[]::new)).isDone();
    assertThat(Cli.digest(other.toString())).isEqualTo(digest);
  }

  /** Biases that count: the scale is solved for with them. */
  @Test
  void layersWithBiasesHaveUnitVarianceToo() throws IOException {
    Path config = folder.resolve("biases.yaml");
    Files.writeString(
        config,
        """
        model: %s
        seed: 7
        init: {rules: [{role: bias, scheme: {normal: {std: 0.5}}}]}
        lsuv: {data: %s, batch: 300, micro-batch: 64}
        output: {path: %s}
        """
            .formatted(MODEL.toAbsolutePath(), Digits.SOURCE, folder.resolve("biases")));
    Cli.run("lsuv", config.toString()).isDone();
    Checkpoint biased = new Checkpoint(folder.resolve("biases"));
    assertThat(biased.manifest().tensor("conv1.bias").std()).isBetween(0.2, 0.8);
    assertThat(biased.calibration().layers()).noneMatch(LayerResult::isLeftAlone);
    biased.isCalibrated(biased.variances(MODEL, biased.weights(), Digits.sample(7, 300)));
  }

  /** What a ReLU makes of a layer's output has the variance; layers without one are as ever. */
  @Test
  void behindTheActivationsItIsTheirVariance() throws IOException {
    Path behind = folder.resolve("behind");
    Cli.run(
            "lsuv",
            QUICKSTART,
            "--out",
            behind.toString(),
            "--set",
            "lsuv.measure=after-activation")
        .isDone();
    Checkpoint measured = new Checkpoint(behind);
    Map<String, Double> variances = new TreeMap<>();
    measured
        .outputs(MODEL, measured.weights(), Digits.sample(SEED, 512))
        .forEach(
            (layer, output) ->
                variances.put(
                    layer,
                    Checkpoint.variance(
                        List.of("block.conv2", "fc2").contains(layer)
                            ? output.toFloats()
                            : rectified(output.toFloats()))));
    assertThat(variances).hasSize(6);
    measured.isCalibrated(variances);
    assertThat(Cli.digest(behind.toString())).isNotEqualTo(digest);
    Cli.run("verify", behind.toString()).isDone();
  }

  private static float[] rectified(float[] values) {
    float[] rectified = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rectified[i] = Math.max(0, values[i]);
    }
    return rectified;
  }

  /** Models from outside, of which PyTorch's exporters made the graphs. */
  @ParameterizedTest
  @CsvSource({"cnn-torchscript, 0", "cnn-dynamo, 0", "cnn-weightless, 0"})
  void exportedModelsHaveUnitVariance(String name, int leftAlone) throws IOException {
    Path model = Path.of("src/test/resources/models", name + ".onnx");
    Path config = folder.resolve(name + ".yaml");
    Files.writeString(
        config,
        """
        model: %s
        seed: 3
        lsuv: {data: %s, batch: 130, micro-batch: 32}
        """
            .formatted(model.toAbsolutePath(), Digits.SOURCE));
    Path target = folder.resolve(name);
    Cli.run("lsuv", config.toString(), "--out", target.toString()).isDone();
    Checkpoint exported = new Checkpoint(target);
    assertThat(exported.calibration().layers()).hasSize(7);
    assertThat(exported.calibration().layers().stream().filter(LayerResult::isLeftAlone))
        .hasSize(leftAlone);
    exported.isCalibrated(exported.variances(model, exported.weights(), Digits.sample(3, 130)));
    Cli.run("verify", target.toString()).isDone();
  }
}
