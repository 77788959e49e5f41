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
    assertThat(lines.get(0))
        .isEqualTo("4 starts of %s, 21 layers, 32 rows, 2 seeds each".formatted(model()));
    assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(120));
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

  @Test
  void badInputIsNamed() throws IOException {
    Path config = config();
    assertThat(Cli.run("compare", config.toString(), "--schemes", "he_norml,lsuv").err())
        .startsWith("Cannot compare: unknown start 'he_norml'");
    Cli.run("compare", config.toString(), "--schemes", "lsuv")
        .isRefused(
            2, "Cannot compare 1 starts with 3 seeds (expected 2 starts and 1 seed or more)");
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
