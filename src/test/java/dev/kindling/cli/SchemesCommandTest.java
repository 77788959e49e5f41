package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.scheme.Schemes;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemesCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void listsEveryScheme() {
    assertThat(run("schemes")).isZero();
    assertThat(out.toString().lines().map(line -> line.split(" ")[0])).containsAll(Schemes.names());
    assertThat(out.toString()).contains("he_normal                mode: fan_in, slope: 0\n");
  }

  @Test
  void explainsOneByItsAlias() {
    assertThat(run("schemes", "xavier_uniform")).isZero();
    assertThat(out.toString())
        .contains(
            "scheme      glorot_uniform",
            "aliases     xavier_uniform",
            "parameters  gain: 1",
            "source      Glorot, Bengio 2010",
            "use         Dense and conv",
            "tanh 1.66667, relu 1.41421");
  }

  @Test
  void explainsWhichWordsAParameterMayBe() {
    assertThat(run("schemes", "he_normal")).isZero();
    assertThat(out.toString()).contains("mode: fan_in | fan_out | fan_avg | fan_geo_avg");
  }

  @Test
  void everyExplanationFitsANarrowTerminal() {
    for (String name : Schemes.names()) {
      assertThat(run("schemes", name, "--width", "80")).isZero();
    }
    assertThat(run("schemes", "--width", "80")).isZero();
    assertThat(out.toString().lines()).allMatch(line -> line.length() <= 80);
    assertThat(out.toString())
        .contains("bounds:\n                         deviations, std_of: untruncated\n");
  }

  @Test
  void offersTheNearestName() {
    assertThat(run("schemes", "xavier_unifrom")).isEqualTo(2);
    assertThat(err.toString().strip())
        .isEqualTo(
            "Cannot explain: unknown scheme 'xavier_unifrom', did you mean 'xavier_uniform'?");
  }

  @Test
  void planPrintsStandardDeviationsAndBoundsAfterTruncation(@TempDir Path folder) throws Exception {
    Path model =
        Files.writeString(
            folder.resolve("m.json"), "{\"fc.weight\": [100, 300], \"fc.bias\": [100]}");
    Path configuration =
        Files.writeString(
            folder.resolve("c.yaml"),
            """
            model: %s
            init:
              convention: keras
              rules:
                - {match: "*.weight", scheme: {xavier_normal: {gain: linear}}}
                - {match: "*.bias", scheme: torch_bias}
            """
                .formatted(model));
    assertThat(run("plan", configuration.toString())).isZero();
    assertThat(out.toString())
        .contains("glorot_truncated_normal  std 0.070710678, bound 0.16077448")
        .contains("bound 0.057735027, std 0.033333333");
  }

  @Test
  void unknownConventionsAreRefused(@TempDir Path folder) throws Exception {
    Path configuration =
        Files.writeString(folder.resolve("c.yaml"), "model: m.json\ninit: {convention: keres}\n");
    assertThat(run("plan", configuration.toString())).isEqualTo(2);
    assertThat(err.toString())
        .contains("at init.convention: unknown convention 'keres', did you mean 'keras'?");
  }

  private int run(String... arguments) {
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }
}
