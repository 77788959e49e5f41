package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mixture of experts of 10^12 parameters, given as shapes, is planned in a heap of 512 MB. */
class LargeModelTest {
  private static final int LAYERS = 60;
  private static final int EXPERTS = 384;
  private static final int WIDTH = 7168;
  private static final int HIDDEN = 2048;

  @TempDir private Path folder;

  @Test
  void planOfATrillionParameters() throws Exception {
    Files.writeString(folder.resolve("shapes.json"), shapes());
    Path configuration = folder.resolve("large.yaml");
    Files.writeString(configuration, "model: shapes.json\nseed: 1\n");
    Path out = folder.resolve("out.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("dev.kindling.cli.Main", "plan", configuration.toString()));
    Process plan =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(folder.resolve("err.txt").toFile())
            .start();
    assertThat(plan.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(Files.readString(folder.resolve("err.txt"))).doesNotContain("OutOfMemory");
    assertThat(plan.exitValue()).isZero();
    List<String> lines = Files.readAllLines(out);
    assertThat(lines.get(lines.size() - 1))
        .startsWith("69,181 tensors, 1,015,613,132,800 float elements");
  }

  private static String shapes() {
    StringBuilder json = new StringBuilder("{\"embed_tokens.weight\": [129280, 7168]");
    for (int layer = 0; layer < LAYERS; layer++) {
      json.append(",\n\"layers.%d.norm.weight\": [%d]".formatted(layer, WIDTH));
      for (int expert = 0; expert < EXPERTS; expert++) {
        String stem = ",\n\"layers.%d.mlp.experts.%d.".formatted(layer, expert);
        json.append(stem + "gate_proj.weight\": [%d, %d]".formatted(HIDDEN, WIDTH));
        json.append(stem + "up_proj.weight\": [%d, %d]".formatted(HIDDEN, WIDTH));
        json.append(stem + "down_proj.weight\": [%d, %d]".formatted(WIDTH, HIDDEN));
      }
    }
    return json.append("}").toString();
  }
}
