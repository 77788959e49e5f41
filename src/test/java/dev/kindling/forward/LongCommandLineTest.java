package dev.kindling.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.model.Shape;
import dev.kindling.recipe.PerChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * ONNX Runtime 1.29 crashes in a JVM whose command line is above about 4 kB, as that of a Spark
 * executor is.
 */
class LongCommandLineTest {
  private static final int PROPERTIES = 20;
  private static final int PROPERTY_LENGTH = 1000;

  /** Runs a tiny model. */
  public static void main(String[] args) {
    TestGraph graph = StagedForwardTest.chain();
    try (StageSession session =
        new StageSession(graph.plan().stages().get(0), graph.recipe(), new TestValues())) {
      if (!session
          .run(graph.data(), PerChannel.ONE)
          .shape()
          .equals(Shape.of(TestGraph.SAMPLES, 4, 8, 8))) {
        throw new IllegalStateException("wrong shape");
      }
    }
  }

  @Test
  void onnxRuntimeStarts() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (int i = 0; i < PROPERTIES; i++) {
      command.add("-Dfiller." + i + "=" + "x".repeat(PROPERTY_LENGTH));
    }
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), LongCommandLineTest.class.getName()));
    assertThat(String.join(" ", command).length()).isGreaterThan(16 * 1024);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }
}
