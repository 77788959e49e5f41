package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.kindling.forward.TensorValue;
import dev.kindling.forward.WholeGraph;
import dev.kindling.model.Model;
import dev.kindling.reader.ModelReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exported graphs, run by ONNX Runtime from their files. */
class OnnxExportTest {
  private static final Path CNN = Path.of("conf/models/digits-cnn.yaml");

  @TempDir Path folder;

  /** What a graph gives with its weights fed is what the exported file gives. */
  @ParameterizedTest
  @CsvSource({
    "conf/models/digits-cnn.yaml, ''",
    "conf/models/digits-cnn.yaml, --external-data",
    "src/test/resources/models/cnn-torchscript.onnx, ''",
    "src/test/resources/models/cnn-dynamo.onnx, --external-data",
    "src/test/resources/models/cnn-weightless.onnx, --external-data"
  })
  void givesTheNumbersOfTheGraph(String model, String option) throws IOException {
    Path checkpoint = init(Path.of(model));
    Path target = folder.resolve("onnx");
    export(checkpoint, Path.of(model), target, option);
    assertThat(Checkpoint.files(target))
        .containsExactlyInAnyOrderElementsOf(
            option.isEmpty()
                ? Set.of("", "model.onnx")
                : Set.of("", "model-00001-of-00001.data", "model.onnx"));
    TensorValue digits = Digits.sample(1, 40);
    float[] expected = expected(Path.of(model), checkpoint, digits);
    assertThat(run(target.resolve("model.onnx"), digits)).isEqualTo(expected);
    assertThat(expected).hasSize(400);
    int weights =
        new Checkpoint(checkpoint).weights().values().stream().mapToInt(w -> w.length).sum();
    assertThat(Files.size(target.resolve("model.onnx")) > weights * Float.BYTES)
        .isEqualTo(option.isEmpty());
  }

  /** Several files with several tensors in each. */
  @Test
  void externalDataIsCutByFileSize() throws IOException {
    Path checkpoint = init(CNN);
    Path target = folder.resolve("onnx");
    export(checkpoint, CNN, target, "--external-data", "--shard-bytes", "64KiB");
    assertThat(Checkpoint.files(target)).hasSizeGreaterThan(3);
    TensorValue digits = Digits.sample(1, 8);
    assertThat(run(target.resolve("model.onnx"), digits))
        .isEqualTo(expected(CNN, checkpoint, digits));
  }

  @Test
  void otherModelsAndNoModelAreRefused() throws IOException {
    Path checkpoint = init(CNN);
    String[] arguments = {
      "export", checkpoint.toString(), "--format", "onnx", "--out", folder.resolve("x").toString()
    };
    Cli.run(arguments)
        .isRefused(
            2,
            "Cannot export as ONNX: a checkpoint holds no graph; give --model FILE (.onnx or layers as YAML)");
    String[] other = Arrays.copyOf(arguments, arguments.length + 2);
    other[arguments.length] = "--model";
    other[arguments.length + 1] = "conf/models/mlp.yaml";
    Cli.Result refused = Cli.run(other);
    assertThat(refused.code()).isEqualTo(3);
    assertThat(refused.err())
        .startsWith("Cannot export with model 'mlp.yaml': its tensor '")
        .contains("is not that of the checkpoint (found ")
        .hasLineCount(1);
    assertThat(folder.resolve("x")).doesNotExist();
  }

  private Path init(Path model) throws IOException {
    Path config = folder.resolve("config.yaml");
    Files.writeString(config, "model: %s\nseed: 9\n".formatted(model.toAbsolutePath()));
    Path out = folder.resolve("checkpoint");
    Cli.run("init", config.toString(), "--out", out.toString()).isDone();
    return out;
  }

  private static void export(Path checkpoint, Path model, Path target, String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("export", checkpoint.toString(), "--format", "onnx"));
    arguments.addAll(List.of("--model", model.toString(), "--out", target.toString()));
    Arrays.stream(options).filter(option -> !option.isEmpty()).forEach(arguments::add);
    Cli.run(arguments.toArray(String[]::new)).isDone();
  }

  private static float[] expected(Path file, Path checkpoint, TensorValue digits)
      throws IOException {
    Model model = ModelReader.read(Files.readAllBytes(file), file.toString());
    Map<String, float[]> weights = new Checkpoint(checkpoint).weights();
    ModelProto graph = model.graph().orElseThrow().onnx();
    String input =
        graph.getGraph().getInputList().stream()
            .map(value -> value.getName())
            .filter(name -> !weights.containsKey(name))
            .findFirst()
            .orElseThrow();
    String output = graph.getGraph().getOutput(0).getName();
    return WholeGraph.run(graph, weights, Map.of(input, digits), Set.of(output))
        .get(output)
        .toFloats();
  }

  private static float[] run(Path model, TensorValue digits) {
    return WholeGraph.runFile(model, digits).toFloats();
  }
}
