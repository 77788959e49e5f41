package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A proxy on digits, from the command to the checkpoint; short. */
class ProxyEndToEndTest {
  /** MLlib's own classes are not all known to Kryo. */
  private static final Map<String, String> SPARK =
      Map.of("spark.kryo.registrationRequired", "false");

  @TempDir Path folder;

  @Test
  void startsAheadAndDependsOnNoPartitioning() throws IOException {
    Cli.Result one = run(1, SPARK);
    List<String> row = List.of(accuracies(one).split(" +"));

    assertThat(row).hasSize(6);
    double proxy = percent(row.get(1));
    assertThat(proxy).isGreaterThan(80);
    assertThat(percent(row.get(2))).isEqualTo(proxy);
    assertThat(percent(row.get(3))).isGreaterThan(proxy - 5);
    assertThat(percent(row.get(5))).isGreaterThan(percent(row.get(4)));
    Cli.Result seven = run(7, SPARK);
    assertThat(accuracies(seven)).isEqualTo(accuracies(one));
    assertThat(Cli.digest(out(7))).isEqualTo(Cli.digest(out(1)));
    Cli.run("verify", out(7)).isDone();
  }

  private static String accuracies(Cli.Result result) {
    return result.lines().stream().filter(line -> line.startsWith("42 ")).findFirst().orElseThrow();
  }

  private static double percent(String text) {
    return Double.parseDouble(text.replace("%", ""));
  }

  private String out(int files) {
    return folder.resolve("out" + files).toString();
  }

  private Cli.Result run(int files, Map<String, String> spark) throws IOException {
    Path data = folder.resolve("data" + files);
    Digits.write(data, Digits.lines(), files);
    return Cli.run(
            spark,
            "proxy",
            "conf/proxy.yaml",
            "--set",
            "proxy={factor: 4, iterations: 30, compared-iterations: 3, seeds: 1}",
            "--set",
            "lsuv.data.path=" + data,
            "--set",
            "lsuv.batch=512",
            "--out",
            out(files))
        .isDone();
  }

  @Test
  void refusesWhatCannotBeTrained() {
    String out = folder.resolve("none").toString();
    Cli.run("proxy", "conf/quickstart.yaml", "--out", out)
        .isRefused(
            2,
            "Cannot train a proxy: conf/quickstart.yaml has no section proxy (expected for example proxy: {factor: 4})");
    Cli.run("proxy", "conf/proxy.yaml", "--out", out, "--set", "proxy.factor=1")
        .isRefused(
            2,
            "Cannot read configuration conf/proxy.yaml at proxy.factor: factor minus 1 is not positive: 0");
    Cli.run("proxy", "conf/proxy.yaml", "--out", out, "--set", "lsuv.data.label=")
        .isRefused(
            2,
            "Cannot train a proxy: conf/proxy.yaml has no lsuv.data.label; name the column of classes");
    Path relu = Path.of("conf/models/mlp.yaml").toAbsolutePath();
    Cli.run("proxy", "conf/proxy.yaml", "--out", out, "--set", "model=" + relu)
        .isRefused(
            3,
            "Cannot train a proxy of model 'mlp.yaml': it is no perceptron that MLlib could train, since no sigmoid follows its layer 'fc1.weight' (found RELU)");
    Cli.run(SPARK, "proxy", "conf/proxy.yaml", "--out", out, "--set", "lsuv.data.label=p2")
        .isRefused(
            3,
            "Cannot train a proxy: a label is no class of the model (expected whole numbers from 0 to 9, found 16.0)");
    assertThat(Files.exists(Path.of(out))).isFalse();
  }
}
