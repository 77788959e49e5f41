package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model of 1,000 tensors in terminals, files and pipes. */
class TerminalTest {
  private static final int BLOCKS = 250;

  @TempDir static Path folder;
  private static Path config;
  private static Path one;
  private static Path other;
  private static Cli.Result init;

  @BeforeAll
  static void checkpoints() throws IOException {
    String tensors =
        IntStream.range(0, BLOCKS)
            .mapToObj(
                i ->
                    """
                    "h.%1$d.attn.out_proj.weight": [6, 6], "h.%1$d.attn.out_proj.bias": [6],
                    "h.%1$d.mlp.fc.weight": [12, 6], "h.%1$d.mlp.fc.bias": [12]"""
                        .formatted(i))
            .collect(Collectors.joining(",\n"));
    Files.writeString(folder.resolve("m.json"), "{" + tensors + "}");
    config = Files.writeString(folder.resolve("c.yaml"), "model: m.json\nseed: 1\n");
    one = folder.resolve("one");
    other = folder.resolve("other");
    init = Cli.run("init", config.toString(), "--out", one.toString(), "--width", "80").isDone();
    Cli.run("init", config.toString(), "--out", other.toString(), "--set", "seed=2").isDone();
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 120})
  void repeatedLayersAreOneRow(int width) {
    List<String> plan = fits(width, "plan", config.toString());
    assertThat(plan)
        .hasSizeLessThan(30)
        .anyMatch(line -> line.startsWith("h.{0..249}.attn.out_proj.weight (250)  [6, 6]  dense"))
        .anyMatch(line -> line.contains("recommended: end of h.{0..249} attention, n = 500"))
        .contains("1,000 tensors (--all shows each), 31,500 float elements, 123.0 KiB");
    List<String> inspect = fits(width, "inspect", one.toString());
    assertThat(inspect)
        .hasSizeLessThan(15)
        .anyMatch(
            line -> line.matches("h\\.\\{0\\.\\.249}\\.mlp\\.fc\\.weight \\(250\\) +\\[12, 6] .*"))
        .contains("1,000 tensors in 4 groups; --all shows each");
    List<String> diff = fits(width, 4, "diff", one.toString(), other.toString());
    assertThat(diff)
        .hasSize(2 + 40 + 2)
        .contains("460 more of them; --all shows each", "500 tensors are equal, 500 differ");
  }

  @Test
  void eachIsShownOnDemandAndInFiles() {
    for (List<String> lines :
        List.of(
            Cli.run("plan", config.toString(), "--width", "80", "--all").isDone().lines(),
            Cli.run("plan", config.toString()).isDone().lines(),
            Cli.run("inspect", one.toString(), "--width", "80", "--all").isDone().lines(),
            Cli.run("inspect", one.toString(), "--width", "80", "--sort", "std").lines(),
            Cli.run("inspect", one.toString()).isDone().lines())) {
      assertThat(lines.stream().filter(line -> line.startsWith("h."))).hasSize(4 * BLOCKS);
      assertThat(lines).allMatch(line -> line.startsWith("h.") ? !line.contains("{") : true);
    }
  }

  @Test
  void writingAndVerifyingStaysReadable() {
    assertThat(init.lines()).hasSizeLessThan(40);
    assertThat(init.lines()).filteredOn(TerminalTest::mayBreak).allMatch(it -> it.length() <= 80);
    assertThat(fits(80, "verify", one.toString())).hasSizeLessThan(8);
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 120})
  void fewTensorsLoseTheirLeastImportantColumns(int width) throws IOException {
    Files.writeString(
        folder.resolve("few.json"),
        "{\"encoder.layer.0.attention.self.query.weight\": [64, 64], \"head.weight\": [10, 64]}");
    Path few = Files.writeString(folder.resolve("few.yaml"), "model: few.json\n");
    Path out = folder.resolve("few" + width);
    Cli.run("init", few.toString(), "--out", out.toString()).isDone();
    List<String> inspect = fits(width, "inspect", out.toString());
    assertThat(inspect.get(0)).startsWith("tensor ").contains("shape", "std");
    assertThat(inspect.get(0).contains("crc32c")).isFalse();
    assertThat(inspect).noneMatch(line -> line.contains("{"));
  }

  @Test
  void helpFitsAndIsPlainText() {
    for (String command :
        List.of(
            "plan",
            "init",
            "lsuv",
            "materialise",
            "verify",
            "schemes",
            "inspect",
            "slice",
            "diff",
            "report",
            "diagnose",
            "compare",
            "export")) {
      fits(80, "help", command);
    }
    fits(80, "schemes");
    fits(120, "schemes", "orthogonal");
  }

  private static List<String> fits(int width, String... arguments) {
    return fits(width, 0, arguments);
  }

  /** Runs a command as in a terminal; what it prints fits and holds no control characters. */
  private static List<String> fits(int width, int code, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    if (!arguments[0].equals("help")) {
      all.addAll(List.of("--width", String.valueOf(width)));
    }
    Cli.Result result = Cli.run(all.toArray(String[]::new));
    assertThat(result.code()).as(result.err()).isEqualTo(code);
    assertThat(result.out() + result.err()).doesNotContainPattern("[\\p{Cntrl}&&[^\\n]]");
    assertThat(result.lines())
        .as(String.join(" ", all).toLowerCase(Locale.ROOT))
        .filteredOn(TerminalTest::mayBreak)
        .allMatch(line -> line.length() <= width);
    return result.lines();
  }

  /** Paths and digests are never cut. */
  private static boolean mayBreak(String line) {
    return !line.contains(folder.toString()) && !line.matches(".*[0-9a-f]{64}.*");
  }
}
