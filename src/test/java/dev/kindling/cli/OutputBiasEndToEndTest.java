package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The output's bias comes from the label column of a dataset. */
class OutputBiasEndToEndTest {
  @TempDir private Path folder;
  private Path configuration;

  @BeforeEach
  void writeConfiguration() throws IOException {
    write(10, Path.of("conf/data/digits.csv"), "[p0..p63]");
  }

  private void write(int outputs, Path data, String features) throws IOException {
    int inputs = features.equals("[p0..p63]") ? 64 : 1;
    Path model =
        Files.writeString(
            folder.resolve("m.yaml"),
            "input: {shape: [%d]}\nlayers: [dense: {name: fc1, out: 8}, relu, dense: {name: fc, out: %d}]\n"
                .formatted(inputs, outputs));
    configuration =
        Files.writeString(
            folder.resolve("c.yaml"),
            """
            model: %s
            init: {preset: output_bias}
            lsuv:
              data: {format: csv, path: %s, features: %s, label: label}
              batch: 64
            """
                .formatted(model, data.toAbsolutePath(), features));
  }

  /** Softmax of the written bias is the share that each digit has among 1,797. */
  @ParameterizedTest
  @CsvSource({"init", "lsuv"})
  void softmaxIsTheFrequencyOfTheDigits(String command) throws IOException {
    Path out = folder.resolve(command);
    Cli.run(command, configuration.toString(), "--out", out.toString()).isDone();
    double[] bias = bias(out);
    double sum = Arrays.stream(bias).map(Math::exp).sum();
    for (int digit = 0; digit < 10; digit++) {
      String ending = "," + digit;
      long rows =
          Files.lines(Path.of("conf/data/digits.csv")).filter(row -> row.endsWith(ending)).count();
      assertThat(Math.exp(bias[digit]) / sum).isCloseTo(rows / 1797.0, within(1e-7));
    }
    assertThat(Cli.run("verify", out.toString()).code()).isZero();
  }

  /** Mean 3.25 and median 2 of 0.5, 1, 2, 2.5 and 10.25; the rows in several files. */
  @ParameterizedTest
  @CsvSource({"mean, 3.25", "median, 2.0", "log_mean, 1.178655"})
  void regressionStartsAtTheCentreOfItsLabels(String of, double expected) throws IOException {
    Path data = Files.createDirectory(folder.resolve("rows"));
    Files.writeString(data.resolve("a.csv"), "x,label\n1,10.25\n2,0.5\n3,2\n");
    Files.writeString(data.resolve("b.csv"), "x,label\n1,2.5\n2,1\n");
    write(1, data, "[x]");
    Path out = folder.resolve("out");
    String preset = "init.preset={output_bias: {of: %s}}".formatted(of);
    Cli.run("init", configuration.toString(), "--out", out.toString(), "--set", preset).isDone();
    assertThat(bias(out)[0]).isCloseTo(expected, within(1e-6));
  }

  @Test
  void whatIsWrongWithLabelsIsOneLine() throws IOException {
    Path out = folder.resolve("out");
    String[] init = {"init", configuration.toString(), "--out", out.toString(), "--set", ""};
    init[5] = "lsuv.data.label=lable";
    assertThat(Cli.run(init).err())
        .startsWith("Cannot read data in '%s': it lacks 1 of 1 labels: ".formatted(digits()))
        .contains("did you mean 'label'?");
    init[5] = "lsuv.data.label=";
    Cli.run(init)
        .isRefused(
            2,
            "Cannot take labels for preset output_bias: %s names no column (expected lsuv.data.label beside format, path and features)"
                .formatted(configuration));
    Path bad = Files.writeString(folder.resolve("bad.csv"), "x,label\n1,cat\n2,1\n");
    write(2, bad, "[x]");
    init[5] = "seed=1";
    Cli.run(init)
        .isRefused(
            3,
            "Cannot take labels from column 'label' of '%s': 1 rows have the label null or no number (expected classes as whole numbers from 0 on)"
                .formatted(bad));
    assertThat(out).doesNotExist();
  }

  @Test
  void meansThatWouldShiftTheBiasAreRefused() {
    Path out = folder.resolve("out");
    Cli.run(
            "lsuv",
            configuration.toString(),
            "--out",
            out.toString(),
            "--set",
            "lsuv.target-mean=0")
        .isRefused(
            2,
            "Cannot calibrate: %s has lsuv.target-mean and preset output_bias, and the one would shift the bias that the other sets; leave one of them out"
                .formatted(configuration));
    assertThat(out).doesNotExist();
  }

  @Test
  void planShowsZerosAndWritesNoRecipe() {
    Cli.Result plan = Cli.run("plan", configuration.toString());
    assertThat(plan.err()).contains("init and lsuv read the labels and set their prior");
    Path json = folder.resolve("r.json");
    assertThat(Cli.run("plan", configuration.toString(), "--json", json.toString()).code())
        .isEqualTo(2);
    assertThat(json).doesNotExist();
  }

  private static Path digits() {
    return Path.of("conf/data/digits.csv").toAbsolutePath();
  }

  private static double[] bias(Path checkpoint) {
    List<String> lines = Cli.run("slice", checkpoint.toString(), "fc.bias").isDone().lines();
    return lines.stream()
        .flatMap(line -> Arrays.stream(line.replaceAll("[\\[\\],]", " ").trim().split("\\s+")))
        .mapToDouble(Double::parseDouble)
        .toArray();
  }
}
