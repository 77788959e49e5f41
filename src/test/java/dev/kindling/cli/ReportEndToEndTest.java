package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.calibrate.FreshVariance;
import dev.kindling.calibrate.LayerResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports as a browser shows them, held against the manifest. */
class ReportEndToEndTest {
  private static final String HOSTILE =
      "<img src=x onerror=document.documentElement.setAttribute('data-owned',1)></script><b>\\\"'&.weight";

  @TempDir static Path folder;
  private static Path out;
  private static Path page;
  private static Cli.Result result;

  @BeforeAll
  static void quickstart() {
    out = folder.resolve("digits");
    page = folder.resolve("digits.report.html");
    result = Cli.run("lsuv", "conf/quickstart.yaml", "--out", out.toString()).isDone();
  }

  @Test
  void lsuvPrintsWhereItIs() {
    assertThat(result.lines()).contains("Report      " + page);
    assertThat(page).exists();
  }

  @Test
  void numbersAreThoseOfTheManifest() throws Exception {
    Browser.Opened opened = Browser.open(page, 1100).isDrawn();
    assertThat(opened.values("variance", "before"))
        .isEqualTo(manifest(LayerResult::varianceBefore));
    assertThat(opened.values("variance", "after")).isEqualTo(manifest(LayerResult::varianceAfter));
    assertThat(opened.values("variance", "on fresh rows"))
        .isEqualTo(manifest(layer -> layer.fresh().map(FreshVariance::variance).orElseThrow()));
    assertThat(opened.values("scale", "")).isEqualTo(manifest(LayerResult::scale));
    assertThat(opened.values("time", ""))
        .hasSize(6)
        .allSatisfy((layer, s) -> assertThat(s).isPositive());
    Map<String, Double> deviations = opened.values("deviation", "values");
    assertThat(deviations).hasSize(6);
    Checkpoint checkpoint = new Checkpoint(out);
    deviations.forEach(
        (tensor, std) -> assertThat(std).isEqualTo(checkpoint.manifest().tensor(tensor).std()));
    assertThat(opened.plots().keySet())
        .contains("histogram:block.conv1.weight", "spectrum:block.conv1.weight")
        .hasSize(4 + 6 + 6);
    assertThat(opened.dom())
        .contains(checkpoint.manifest().digest())
        .contains("jobs/kindling lsuv conf/quickstart.yaml --out ")
        .contains("There is nothing to warn of.");
  }

  @Test
  void itFitsAPhone() throws Exception {
    assertThat(Browser.open(page, 390).isDrawn().root()).contains("data-overflow=\"0\"");
  }

  /** The page of the run is replaced by one that still knows what only the run knew. */
  @Test
  void reportKeepsTheTimesOfTheRun() throws Exception {
    Cli.run("report", out.toString()).isDone();
    Browser.Opened opened = Browser.open(page, 1100).isDrawn();
    assertThat(opened.values("time", "")).hasSize(6);
    assertThat(opened.dom()).contains("As the model's graph showed it.");
  }

  @Test
  void namesFromFilesStayText() throws Exception {
    Path model = folder.resolve("hostile.json");
    Files.writeString(model, "{\"%s\": [40, 30], \"fc.weight\": [10, 40]}".formatted(HOSTILE));
    Path config = folder.resolve("hostile.yaml");
    Files.writeString(config, "model: hostile.json\nseed: 1\n");
    Path hostile = folder.resolve("a<b>&'c");
    Cli.run("init", config.toString(), "--out", hostile.toString()).isDone();
    Path target = folder.resolve("hostile.html");
    Cli.run("report", hostile.toString(), out.toString(), "--out", target.toString()).isDone();
    Browser.Opened opened = Browser.open(target, 1100);
    assertThat(opened.console()).isEmpty();
    assertThat(opened.root()).doesNotContain("data-owned").doesNotContain("data-error");
    assertThat(opened.dom()).doesNotContain("<img").contains("&lt;img src=x onerror=");
  }

  @Test
  void severalAreCompared() throws Exception {
    Path other = folder.resolve("other");
    Cli.Result quiet =
        Cli.run(
                "lsuv",
                "conf/quickstart.yaml",
                "--no-report",
                "--set",
                "lsuv.batch=64",
                "--out",
                other.toString())
            .isDone();
    assertThat(quiet.out()).doesNotContain("Report");
    assertThat(folder.resolve("other.report.html")).doesNotExist();
    Path target = folder.resolve("both.html");
    Cli.run("report", out.toString(), other.toString(), "--out", target.toString()).isDone();
    Browser.Opened opened = Browser.open(target, 1100).isDrawn();
    assertThat(opened.values("deviation", out + ", values")).hasSize(6);
    assertThat(opened.values("deviation", other + ", values")).hasSize(6);
    assertThat(opened.plots()).containsEntry("histogram:fc1.weight", 2);
  }

  @Test
  void otherFilesAreNotReplaced() throws IOException {
    Path mine = folder.resolve("mine.html");
    Files.writeString(mine, "<p>mine</p>");
    Cli.run("report", out.toString(), "--out", mine.toString())
        .isRefused(
            2,
            "Cannot write the report 'file:%s': there is a file that is no report".formatted(mine));
    assertThat(Files.readString(mine)).isEqualTo("<p>mine</p>");
  }

  @Test
  void aFolderWithoutCheckpointIsBadInput() {
    Cli.Result refused = Cli.run("report", folder.resolve("none").toString());
    assertThat(refused.code()).isEqualTo(3);
    assertThat(refused.err().lines()).hasSize(1);
  }

  private static Map<String, Double> manifest(Function<LayerResult, Double> number)
      throws IOException {
    Map<String, Double> numbers = new TreeMap<>();
    for (LayerResult layer : new Checkpoint(out).calibration().layers()) {
      numbers.put(layer.layer(), number.apply(layer));
    }
    return numbers;
  }
}
