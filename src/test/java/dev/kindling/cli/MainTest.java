package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void versionIsDone() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).startsWith("kindling ");
  }

  @Test
  void unknownOptionIsUsage() {
    assertThat(run("--no-such-option")).isEqualTo(2);
    assertThat(err.toString()).contains("Unknown option: '--no-such-option'");
  }

  @Test
  void writesHowItEnded(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("result.json");
    Files.writeString(file, "of an earlier run");
    assertThat(run("schemes", "--result", file.toUri().toString())).isZero();
    assertThat(json(file)).containsEntry("exit-code", 0).containsEntry("problems", List.of());
    assertThat(run("schemes", "--result=" + file, "--no-such-option")).isEqualTo(2);
    assertThat(json(file))
        .containsEntry("exit-code", 2)
        .containsEntry("problems", List.of("Unknown option: '--no-such-option'"));
    assertThat(run("plan", "nowhere.yaml", "--result", file.toString())).isNotZero();
    assertThat(json(file).get("problems")).asString().contains("nowhere.yaml");
    assertThat(folder).isDirectoryContaining(file::equals).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void refusesAResultThatCannotBeWrittenBeforeItBegins() {
    assertThat(run("schemes", "--result", "nothing://there/result.json")).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "Cannot write the result to 'nothing://there/result.json': No FileSystem for scheme \"nothing\"");
  }

  private static Map<String, Object> json(Path file) throws IOException {
    return new ObjectMapper().readValue(file.toFile(), new TypeReference<>() {});
  }

  private int run(String... arguments) {
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }
}
