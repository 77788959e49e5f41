package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every mistake of a user is one clear line, and leaves nothing behind. */
class BadInputTest {
  private static final Path MODEL = Path.of("conf/models/digits-cnn.yaml");

  @TempDir Path folder;
  private Path out;
  private Path config;

  @BeforeEach
  void writeConfiguration() throws IOException {
    out = folder.resolve("out");
    config = folder.resolve("c.yaml");
    Files.copy(MODEL, folder.resolve("model.yaml"));
    Files.writeString(
        config,
        """
        model: model.yaml
        lsuv:
          data: %s
          batch: 64
        output:
          path: %s
        """
            .formatted(Digits.SOURCE, out));
  }

  /** Overrides of one key, and what is said of them behind "Cannot read configuration FILE at ". */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sed=1                 | sed: unknown key 'sed', did you mean 'seed'?",
        "lsuv.bach=1           | lsuv.bach: unknown key 'bach', did you mean 'batch'?",
        "output.dir=x          | output.dir: unknown key 'dir' (expected one of path, shard-bytes, dtype, codec, codec-level, encoding)",
        "seed=seven            | seed: unexpected value (expected a whole number, found \"seven\")",
        "seed=1.5              | seed: unexpected value (expected a whole number, found 1.5)",
        "lsuv.batch=0          | lsuv: batch is not positive: 0",
        "lsuv.batch=5000000000 | lsuv.batch: unexpected value (expected a whole number below 2^31, found 5000000000)",
        "lsuv.target-variance=-1 | lsuv: target-variance is not positive and finite: -1.0",
        "lsuv=3                | lsuv: unexpected value (expected a map of keys, found 3)",
        "lsuv.data.features=p0 | lsuv.data.features: unexpected value (expected a list, found \"p0\")",
        "lsuv.data.features=[] | lsuv.data.features: no column is named (expected for example [p0..p63])",
        "lsuv.data.features=[p9..p0] | lsuv.data.features: 'p9..p0' is no range (expected at most 1048576 ascending numbers, as in p0..p63)",
        "lsuv.data.features=[p0..p999999999] | lsuv.data.features: 'p0..p999999999' is no range (expected at most 1048576 ascending numbers, as in p0..p63)",
        "lsuv.data.options=[1] | lsuv.data.options: unexpected value (expected a map of keys, found [1])",
        "lsuv.data.format=cvs  | lsuv.data.format: unknown format 'cvs', did you mean 'csv'?",
        "lsuv.data.bad-rows=ignore | lsuv.data.bad-rows: unknown bad-rows 'ignore' (expected one of error, skip)",
        "lsuv.data.max-bad-share=0.1 | lsuv.data: max-bad-share needs bad-rows: skip",
        "lsuv.data={format: image, path: x, shape: [3, 8]} | lsuv.data.shape: images have a wrong shape (expected [channels, height, width] with 1 or 3 channels, found [3, 8])",
        "lsuv.data={format: csv, path: x, features: [a], images: hwc} | lsuv.data.images: unknown layout of images 'hwc', did you mean 'nhwc'?",
        "lsuv.data={format: idx, path: x, bad-rows: skip, max-bad-share: 2} | lsuv.data.max-bad-share: max-bad-share is not between 0 and 1: 2.0",
        "lsuv.data.shape=[-1]  | lsuv.data.shape: dimension is negative: -1",
        "output.dtype=f128     | output.dtype: unknown dtype 'f128', did you mean 'f32'?",
        "output.dtype=i64      | output.dtype: unknown dtype 'i64', did you mean 'f64'?",
        "output.codec=gzip     | output.codec: unknown codec 'gzip' (expected one of uncompressed, zstd)",
        "output={codec: zstd, codec-level: 40} | output.codec-level: '40' is no level of codec zstd (expected 1 to 22)",
        "output={dtype: bf16, encoding: plain} | output.encoding: unknown encoding of bf16 'plain' (expected one of dictionary)",
        "output.shard-bytes=many | output.shard-bytes: 'many' is no size (expected for example 256MiB or 1GiB)",
        "model=                | model: the key is missing (expected for example model: model.onnx)",
        "model=''              | model: path is missing or blank",
        "init.default=he_norml | init.default: unknown scheme 'he_norml', did you mean 'he_normal'?",
        "init.default={normal: 3} | init.default: parameters of normal are no map of keys (expected for example {normal: {std: 0.02}}, found 3)",
        "init.rules=[{role: bais, scheme: zeros}] | init.rules[0].role: unknown role 'bais', did you mean 'bias'?",
        "init.rules=[{scheme: zeros}] | init.rules[0]: a rule needs match, role or both",
        "init.rules=[{match: 'a*'}] | init.rules[0].scheme: the key is missing (expected for example scheme: he_normal)",
        "init.rules=[3]        | init.rules[0]: unexpected value (expected a map of keys, found 3)"
      })
  void configurationIsChecked(String override, String said) {
    lsuv("--set", override).isRefused(2, "Cannot read configuration " + config + " at " + said);
    assertThat(out).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"seed", "=1", ".=1", "lsuv.=1", ".seed=1", "a..b=1", ""})
  void overridesNeedAKey(String override) {
    lsuv("--set", override)
        .isRefused(
            2,
            "Cannot apply --set '%s': expected key=value, for example --set seed=7"
                .formatted(override));
  }

  @Test
  void allProblemsAreToldAtOnce() {
    lsuv("--set", "sed=1", "--set", "seed=x", "--set", "output.dtype=f8", "--set", "oops")
        .isRefused(
            2,
            "Cannot apply --set 'oops': expected key=value, for example --set seed=7",
            at("seed") + "unexpected value (expected a whole number, found \"x\")",
            at("output.dtype") + "unknown dtype 'f8', did you mean 'f32'?",
            at("sed") + "unknown key 'sed', did you mean 'seed'?");
    assertThat(out).doesNotExist();
  }

  @Test
  void filesThatAreNotThere() {
    Path nowhere = folder.resolve("nowhere.yaml");
    Cli.run("lsuv", nowhere.toString())
        .isRefused(3, "Cannot read configuration '%s': there is no such file".formatted(nowhere));
    Cli.run("plan", folder.toString())
        .isRefused(
            3,
            "Cannot read configuration '%s': it is a folder (expected a file)".formatted(folder));
    lsuv("--set", "model=other.onnx")
        .isRefused(
            3,
            "Cannot read model '%s': there is no such file"
                .formatted(folder.resolve("other.onnx")));
    lsuv("--set", "lsuv.data.path=other.csv")
        .isRefused(
            3,
            "Cannot read data in '%s': there is no such file or folder"
                .formatted(folder.resolve("other.csv")));
    assertThat(out).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"model: [1, 2", "model: a\n  seed: 1\n", "a: 1\na: 2\n", "\t- x", "'"})
  void yamlIsChecked(String text) throws IOException {
    Files.writeString(config, text);
    Cli.Result result = lsuv();
    assertThat(result.err())
        .hasLineCount(1)
        .startsWith("Cannot read configuration " + config + " at line ")
        .contains("not valid YAML (");
    assertThat(result.code()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "- 1", "text"})
  void aConfigurationIsAMap(String text) throws IOException {
    Files.writeString(config, text);
    lsuv()
        .isRefused(
            2,
            "Cannot read configuration %s: it is not a map of keys (expected model: ..., seed: ...)"
                .formatted(config));
  }

  /** Lengths at which a model file is cut off, or junk in its place. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 5000, -1})
  void modelsAreChecked(int length) throws IOException {
    byte[] whole = Files.readAllBytes(Path.of("src/test/resources/models/cnn-torchscript.onnx"));
    byte[] junk = new byte[3000];
    Arrays.fill(junk, (byte) 0xab);
    Path model = folder.resolve("m.onnx");
    Files.write(model, length < 0 ? junk : Arrays.copyOf(whole, length));
    Cli.Result result = lsuv("--set", "model=m.onnx");
    assertThat(result.err()).hasLineCount(1).startsWith("Cannot read ").contains("m.onnx");
    assertThat(result.code()).isEqualTo(3);
    assertThat(out).doesNotExist();
  }

  @Test
  void tooFewColumns() {
    lsuv("--set", "lsuv.data.features=[p0..p65]", "--set", "lsuv.data.shape=[1, 6, 11]")
        .isRefused(
            3,
            "Cannot feed input 'image' of model.yaml: the shape of a sample does not fit the model (expected [1, 8, 8], found [1, 6, 11])");
    lsuv("--set", "lsuv.data.features=[p1..p64]")
        .isRefused(
            3,
            "Cannot read data in '%s': it lacks 1 of 64 features: unknown column 'p64', did you mean 'p4'? (its 65 columns are p0, p1, p2, ... label)"
                .formatted(Digits.CSV.toAbsolutePath()));
    assertThat(out).doesNotExist();
  }

  @Test
  void tooFewRows() {
    lsuv("--set", "lsuv.batch=1798")
        .isRefused(
            3,
            "Cannot sample 1798 rows of '%s': it has only 1797; lower lsuv.batch or give more data"
                .formatted(Digits.CSV.toAbsolutePath()));
    assertThat(out).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "NaN, 'expected a finite number, found NaN'",
    "ink, 'expected a number, found ''ink'''",
    "'', 'the row has no value there (too few columns, or null)'"
  })
  void badValues(String value, String reason) throws IOException {
    List<String> lines = new ArrayList<>(Digits.lines());
    lines.set(1700, "7," + value + lines.get(1700).substring(lines.get(1700).indexOf(',', 2)));
    Digits.write(folder.resolve("data"), lines, 2);
    Cli.Result result = lsuv("--set", "lsuv.data.path=data");
    assertThat(result.err())
        .hasLineCount(1)
        .startsWith("Cannot read data in %s/data/part-1.csv at column 'p1' of ".formatted(folder))
        .endsWith(": " + reason + System.lineSeparator());
    assertThat(result.code()).isEqualTo(3);
    assertThat(out).doesNotExist();
  }

  @Test
  void fractionsAreNoTokenIds() {
    Path tokens = Path.of("src/test/resources/models/tokens-dynamo.onnx").toAbsolutePath();
    lsuv(
            "--set",
            "model=" + tokens,
            "--set",
            "lsuv.data.features=[p0..p4]",
            "--set",
            "lsuv.data.shape=[5]",
            "--set",
            "init.default=he_normal")
        .isRefused(
            3,
            "Note: 7 tensors have the names of their modules again, such as up.weight, which the file calls val_3 (--explain tells each)",
            "Cannot read data in %s at column 'p1' of the row that begins '0, 1, 10, 12': expected a whole number, found 1 (0.0625 after scaling)"
                .formatted(Digits.CSV.toAbsolutePath()));
  }

  @Test
  void shapesCannotBeCalibrated() throws IOException {
    Path shapes = folder.resolve("shapes.json");
    Files.writeString(shapes, "{\"fc.weight\": [10, 64]}");
    lsuv("--set", "model=shapes.json")
        .isRefused(
            2,
            "Cannot calibrate model '%s': shapes alone cannot be run; give an ONNX file or a layer YAML, or use init"
                .formatted(shapes));
    assertThat(out).doesNotExist();
  }

  @Test
  void calibrationNeedsItsSection() throws IOException {
    Files.writeString(config, "model: model.yaml\noutput: {path: %s}\n".formatted(out));
    lsuv()
        .isRefused(
            2,
            "Cannot calibrate: %s has no section lsuv; add lsuv.data or use init"
                .formatted(config));
  }

  @Test
  void outputMustBeNamed() throws IOException {
    Files.writeString(config, "model: model.yaml\n");
    Cli.run("init", config.toString())
        .isRefused(
            2,
            "Cannot write a checkpoint: no folder is named; give --out DIR or output.path in "
                + config);
  }

  @Test
  void outputMustBeAFolderOfOurs() throws IOException {
    Files.writeString(out, "a file");
    init()
        .isRefused(
            2, "Cannot write a checkpoint to '%s': it is a file, not a folder".formatted(out));
    Path below = out.resolve("below");
    init("--out", below.toString())
        .isRefused(
            2,
            "Cannot write a checkpoint to '%s': '%s' is a file, not a folder"
                .formatted(below, out));
    Path used = Files.createDirectory(folder.resolve("used"));
    Files.writeString(used.resolve("thesis.tex"), "x");
    init("--out", used.toString())
        .isRefused(
            2,
            "Cannot write a checkpoint to '%s': it holds 'thesis.tex', which is no part of a checkpoint; choose an empty or new folder"
                .formatted(used));
    assertThat(Checkpoint.files(used)).containsExactly("", "thesis.tex");
    assertThat(out).hasContent("a file");
  }

  /** A long calibration must not end with what could have been said before it. */
  @Test
  void calibrationDoesNotBeginIfTheOutputIsAFile() throws IOException {
    Files.writeString(out, "a file");
    Cli.Result result = lsuv("--out", out.resolve("below").toString());
    assertThat(result.err()).hasLineCount(1).contains("is a file, not a folder");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).doesNotContain("conv1");
  }

  @Test
  void checkpointsMustBeThere() {
    String missing =
        "Cannot read checkpoint '%s': it has no manifest.json, it was not finished or is none"
            .formatted(out);
    Cli.run("verify", out.toString()).isRefused(4, missing);
    Cli.run("inspect", out.toString(), "--digest").isRefused(3, missing);
  }

  @Test
  void commandsAndOptionsAreChecked() {
    Cli.run("lsvu", config.toString())
        .isRefused(
            2,
            "Unmatched arguments from index 0: 'lsvu', '" + config + "'",
            "Did you mean: kindling lsuv?");
    lsuv("--overwrit")
        .isRefused(2, "Unknown option: '--overwrit'", "Possible solutions: --overwrite");
    Cli.run("lsuv")
        .isRefused(2, "Missing required parameter: 'CONFIG'", "Try: kindling lsuv --help");
    Cli.run("plan", config.toString(), "--explain", "conv1.wieght")
        .isRefused(
            2, "Cannot explain: unknown tensor 'conv1.wieght', did you mean 'conv1.weight'?");
  }

  private String at(String place) {
    return "Cannot read configuration " + config + " at " + place + ": ";
  }

  private Cli.Result lsuv(String... options) {
    return run("lsuv", options);
  }

  private Cli.Result init(String... options) {
    return run("init", options);
  }

  private Cli.Result run(String command, String... options) {
    List<String> arguments = new ArrayList<>(List.of(command, config.toString()));
    arguments.addAll(Arrays.asList(options));
    return Cli.run(arguments.toArray(String[]::new));
  }
}
