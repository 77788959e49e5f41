package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiagnoseCommandTest {
  @TempDir static Path folder;

  /** A deep ReLU net that LeCun's rule starves, seen in the terminal and in a browser. */
  @Test
  void aStarvedNetIsToldWhatMendsIt() throws Exception {
    Path config =
        config(
            "[repeat: {name: l, times: 45, layers: [dense: {out: 64}, relu]}, dense: {name: fc, out: 10}]");
    Path page = folder.resolve("diagnosis.html");
    Cli.Result result =
        Cli.run(
                "diagnose",
                config.toString(),
                "--set",
                "init.default=lecun_normal",
                "--directions",
                "1",
                "--width",
                "80",
                "--report",
                page.toString())
            .isDone();
    List<String> lines = result.lines();
    assertThat(lines.get(0)).isEqualTo("46 layers, 64 rows, 2 directions per layer");
    assertThat(lines).contains("40 of 46 layers; --all shows each");
    assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    assertThat(String.join(" ", lines).replaceAll(" +", " "))
        .containsPattern("The second moment of outputs shrinks by 0\\.[45]\\d* per layer")
        .contains("he_normal instead of lecun_normal before relu, or run lsuv")
        .contains("Gradients vanish on their way back");
    Browser.Opened opened = Browser.open(page, 1100).isDrawn();
    assertThat(opened.values("second-moment", "")).hasSize(46);
    assertThat(opened.values("jacobian", "")).hasSize(45);
    assertThat(opened.values("second-moment", "").get("fc")).isLessThan(1e-9);
  }

  @Test
  void badInputIsNamed() throws IOException {
    Path shapes = folder.resolve("shapes.json");
    Files.writeString(shapes, "{\"fc.weight\": [4, 3]}");
    Path config = folder.resolve("shapes.yaml");
    Files.writeString(config, "model: shapes.json\n");
    Cli.run("diagnose", config.toString())
        .isRefused(
            2,
            "Cannot diagnose model '%s': shapes alone cannot be run; give an ONNX file or a layer YAML"
                .formatted(shapes));
    Cli.run("diagnose", "conf/quickstart.yaml", "--rows", "33")
        .isRefused(
            2,
            "Cannot diagnose 33 rows in 4 directions (expected 2 to 32 rows or a multiple of 32, 0 directions or more)");
  }

  private static Path config(String layers) throws IOException {
    Files.writeString(
        folder.resolve("net.yaml"), "input: {shape: [64]}\nlayers: %s\n".formatted(layers));
    Path config = folder.resolve("config.yaml");
    Files.writeString(
        config,
        "model: net.yaml\nlsuv: {data: %s}\n"
            .formatted(Digits.SOURCE.replace("shape: [1, 8, 8], ", "")));
    return config;
  }
}
