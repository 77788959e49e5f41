package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareCommandTest {
  @TempDir static Path folder;

  /** LeCun's rule starves a deep ReLU net; an alias of a start is that start, and so a tie. */
  @Test
  void startsAreRankedAndTiesAreCalledTies() throws Exception {
    Path config = config();
    Path page = folder.resolve("comparison.html");
    Cli.Result result =
        Cli.run(
                "compare",
                config.toString(),
                "--schemes",
                "lecun_normal,he_normal,kaiming_normal,lsuv",
                "--seeds",
                "2",
                "--rows",
                "32",
                "--directions",
                "2",
                "--width",
                "80",
                "--report",
                page.toString())
            .isDone();
    List<String> lines = result.lines();
    assertThat(String.join(" ", lines))
        .startsWith("4 starts of %s, 21 layers, 32 rows, 2 seeds each".formatted(model()));
    assertThat(lines)
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80))
        .contains(
            "- Not trained: the model is no multilayer perceptron of sigmoids that ends in a");
    assertThat(lines).anyMatch(line -> line.matches(" *\\d tie +he_normal .*"));
    assertThat(lines).anyMatch(line -> line.matches(" *\\d tie +kaiming_normal .*"));
    assertThat(lines).anyMatch(line -> line.matches(" +4  lecun_normal .*"));
    assertThat(String.join(" ", lines)).contains("lecun_normal is last:");
    Browser.Opened opened = Browser.open(page, 1100).isDrawn();
    assertThat(opened.values("second-moment", "lecun_normal")).hasSize(21);
    assertThat(opened.values("second-moment", "lsuv")).hasSize(21);
    assertThat(opened.values("second-moment", "lecun_normal").get("fc"))
        .isLessThan(opened.values("second-moment", "he_normal").get("fc") / 1000);
  }

  /**
   * All hidden units of a start from zeros learn the same, so they are one; before the first
   * iteration its loss is that of a guess, ln 10. An alias trains as what it is, to the last bit.
   */
  @Test
  void perceptronsAreTrained() throws Exception {
    Path page = folder.resolve("training.html");
    Cli.Result result =
        Cli.run(
                "compare",
                "conf/perceptron.yaml",
                "--schemes",
                "zeros,glorot_normal,xavier_normal",
                "--seeds",
                "2",
                "--directions",
                "0",
                "--rows",
                "32",
                "--iterations",
                "25",
                "--width",
                "80",
                "--report",
                page.toString())
            .isDone();
    List<String> lines = result.lines();
    assertThat(lines)
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80))
        .contains("Trained by MLlib on 1,439 rows, at most 25 iterations of L-BFGS, 2 seeds each;")
        .anyMatch(line -> line.matches("    3  zeros +\\d\\.\\d+ +2\\.303 .*"));
    List<String> glorot = rows(lines, "glorot_normal");
    assertThat(glorot).hasSize(2).isEqualTo(rows(lines, "xavier_normal"));
    double accuracy = Double.parseDouble(glorot.get(1).replaceFirst(".* (\\d+\\.\\d+)% .*", "$1"));
    assertThat(accuracy).isBetween(80.0, 99.0);
    assertThat(String.join(" ", lines))
        .contains("glorot_normal, xavier_normal tie in training")
        .contains("zeros is last, with ")
        .contains("Accuracy on held-out rows is best from glorot_normal, xavier_normal, a tie");
    Browser.Opened opened = Browser.open(page, 1100).isDrawn();
    assertThat(opened.plots()).containsEntry("training", 3);
    assertThat(opened.dom())
        .contains("data-series=\"glorot_normal\" data-points=\"26\"")
        .contains("class=\"band s0\"");
  }

  private static List<String> rows(List<String> lines, String start) {
    return lines.stream()
        .filter(line -> line.matches(" *\\d+( tie)?  %s .*".formatted(start)))
        .map(line -> line.replace(start, "").replaceAll(" +", " "))
        .toList();
  }

  /** Progress may stand before it. */
  @Test
  void labelsThatAreNoClassesAreNamed() {
    Cli.Result result =
        Cli.run(
            "compare",
            "conf/perceptron.yaml",
            "--schemes",
            "zeros,he_normal",
            "--seeds",
            "1",
            "--directions",
            "0",
            "--set",
            "lsuv.data.label=p3");
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.err().stripTrailing())
        .contains("Cannot train on labels in column 'p3' of ")
        .contains(
            "digits.csv': one is no class of the model (expected whole numbers from 0 to 9, found '1");
  }

  @Test
  void badInputIsNamed() throws IOException {
    Path config = config();
    assertThat(Cli.run("compare", config.toString(), "--schemes", "he_norml,lsuv").err())
        .startsWith("Cannot compare: unknown start 'he_norml'");
    Cli.run("compare", config.toString(), "--schemes", "lsuv")
        .isRefused(
            2,
            "Cannot compare 1 starts with 3 seeds and 100 iterations (expected 2 starts, 1 seed and 0 iterations or more)");
    assertThat(Cli.run("compare", config.toString(), "--schemes", "fixup,lsuv").code())
        .isEqualTo(2);
  }

  private static Path model() {
    return folder.resolve("net.yaml");
  }

  private static Path config() throws IOException {
    Files.writeString(
        model(),
        "input: {shape: [64]}\nlayers: [repeat: {name: l, times: 20, layers: [dense: {out: 48}, relu]}, dense: {name: fc, out: 10}]\n");
    Path config = folder.resolve("config.yaml");
    Files.writeString(
        config,
        "model: net.yaml\nlsuv: {data: %s}\n"
            .formatted(Digits.SOURCE.replace("shape: [1, 8, 8], ", "")));
    return config;
  }
}
