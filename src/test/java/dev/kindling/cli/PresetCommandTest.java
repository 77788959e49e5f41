package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Presets, base models and completed models as a configuration names them. */
class PresetCommandTest {
  private static final Path MODELS = Path.of("conf/models").toAbsolutePath();

  @TempDir private Path folder;

  private Cli.Result plan(String model, String... more) throws IOException {
    Path configuration = folder.resolve("c.yaml");
    Files.writeString(configuration, "model: " + model + "\n");
    List<String> arguments = new ArrayList<>(List.of("plan", configuration.toString()));
    arguments.addAll(List.of(more));
    return Cli.run(arguments.toArray(String[]::new));
  }

  private Path layers(String file, int width) throws IOException {
    String text =
        "input: {shape: [20]}\nlayers: [dense: {name: in, out: %1$d}, relu, dense: {name: mid, out: %1$d}, relu, dense: {name: out, out: 10}]\n";
    return Files.writeString(folder.resolve(file), text.formatted(width));
  }

  @Test
  void presetsAreWordsOrMapsOrLists() throws IOException {
    String gpt2 = MODELS.resolve("gpt2-small.yaml").toString();
    assertThat(plan(gpt2, "--set", "init.preset=gpt2").isDone().out())
        .containsPattern("h\\.0\\.mlp\\.fc2\\.weight .* std 0\\.0040824829 .*N = 24");
    assertThat(plan(gpt2, "--set", "init.preset=[{gpt2: {std: 0.04}}, zero_gamma]").err())
        .contains(
            "preset zero_gamma: none of the 24 residual branches ends in a norm, whose scale could be 0");
    assertThat(plan(gpt2, "--set", "init.preset={gpt2: {std: 0.04}}").isDone().out())
        .containsPattern("h\\.0\\.mlp\\.fc2\\.weight .* std 0\\.0081649658");
  }

  @Test
  void whatIsWrongWithAPresetIsNamed() throws IOException {
    String gpt2 = MODELS.resolve("gpt2-small.yaml").toString();
    Path file = folder.resolve("c.yaml");
    assertThat(plan(gpt2, "--set", "init.preset=fix_up").err())
        .startsWith("Cannot read configuration %s at init.preset: ".formatted(file))
        .contains("did you mean 'fixup'?");
    assertThat(plan(gpt2, "--set", "init.preset=[gpt2, megatron]").err())
        .contains("presets gpt2 and megatron each scale weights, which must happen once");
    assertThat(plan(gpt2, "--set", "init.preset={gpt2: {sdt: 1}}").err())
        .contains("did you mean 'std'?");
  }

  /** Recorded in the recipe, and refused a second time: in a list, and in a recipe. */
  @Test
  void weightsAreScaledOnce() throws IOException {
    String gpt2 = MODELS.resolve("gpt2-small.yaml").toString();
    Path recipe = folder.resolve("r.json");
    plan(gpt2, "--set", "init.preset=gpt2", "--json", recipe.toString()).isDone();
    String json = Files.readString(recipe);
    assertThat(json).contains("\"presets\" : [ \"gpt2\" ]");
    for (String list : List.of("[gpt2, gpt2]", "[{gpt2: {std: 0.1}}, zero_hadamard, t_fixup]")) {
      Cli.Result refused = plan(gpt2, "--set", "init.preset=" + list);
      assertThat(refused.err().lines()).hasSize(1);
      assertThat(refused.err()).contains("each scale weights, which must happen once");
      assertThat(refused.code()).isEqualTo(2);
    }
    Files.writeString(recipe, json.replace("[ \"gpt2\" ]", "[ \"gpt2\", \"mup\" ]"));
    Cli.run("slice", recipe.toString(), "wte.weight", "--rows", "0:1")
        .isRefused(
            3,
            "Cannot read %s at the top: presets gpt2 and mup each scale weights, which must happen once (expected one of them)"
                .formatted(recipe));
  }

  /**
   * Table 3 of Yang and Hu's paper: at 4 times the width a hidden weight has half its deviation.
   */
  @Test
  void mupReadsTheModelOfBaseWidth() throws IOException {
    layers("narrow.yaml", 64);
    Path wide = layers("wide.yaml", 256);
    String preset = "init.preset={mup: {base: narrow.yaml}}";
    String out = plan(wide.toString(), "--set", preset).isDone().out();
    assertThat(out)
        .containsPattern("mid\\.weight .* std 0\\.088388348 .*fan-in x 4\\.0")
        .containsPattern("in\\.weight .* std 0\\.31622777");
    assertThat(plan(wide.toString(), "--set", "init.preset={mup: {base: nowhere.yaml}}").err())
        .startsWith("Cannot read base model '%s'".formatted(folder.resolve("nowhere.yaml")));
    assertThat(plan(wide.toString(), "--set", "init.preset=mup").err())
        .contains("preset mup needs the parameter base");
  }

  @Test
  void shapesCompleteAGraph() throws IOException {
    Path graph = layers("g.yaml", 4);
    Path shapes =
        Files.writeString(
            folder.resolve("s.json"), "{\"in.weight\": [4, 20], \"bn.running_mean\": [4]}");
    Cli.Result done = plan("{graph: %s, shapes: %s}".formatted(graph, shapes)).isDone();
    assertThat(done.out()).containsPattern("bn\\.running_mean +\\[4\\] +running-mean");
    assertThat(done.err())
        .contains(
            "1 tensors are in s.json only, their roles are from their names: bn.running_mean");
    Files.writeString(shapes, "{\"in.weight\": [4, 21]}");
    plan("{graph: %s, shapes: %s}".formatted(graph, shapes))
        .isRefused(
            3,
            "Cannot complete tensor 'in.weight' of g.yaml with s.json: the shapes differ (expected [4, 20], found [4, 21])");
  }

  /** Weights are drawn anew, so the file may be missing; a constant lies in it. */
  @Test
  void aMissingFileMattersOnlyToWhatIsKept() throws IOException {
    GraphProto graph =
        GraphProto.newBuilder()
            .addInput(ValueInfoProto.newBuilder().setName("x"))
            .addInitializer(external("w", 4, 2))
            .addInitializer(external("table", 2))
            .addNode(node("MatMul", "x", "w", "m"))
            .addNode(node("Mul", "m", "table", "y"))
            .addOutput(ValueInfoProto.newBuilder().setName("y"))
            .build();
    Path model = folder.resolve("m.onnx");
    ModelProto.Builder proto = ModelProto.newBuilder().setIrVersion(8).setGraph(graph);
    proto.addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17));
    Files.write(model, proto.build().toByteArray());
    plan(model.toString())
        .isRefused(
            3,
            "Cannot keep tensor 'table' of m.onnx: its values are in '%s', which is not there"
                .formatted(folder.resolve("m.onnx.data")));
    plan(model.toString(), "--set", "init.rules=[{match: table, scheme: ones}]").isDone();
  }

  private static NodeProto node(String operator, String first, String second, String output) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(output)
        .addInput(first)
        .addInput(second)
        .addOutput(output)
        .build();
  }

  private static TensorProto external(String name, long... dims) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(1)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(
                StringStringEntryProto.newBuilder().setKey("location").setValue("m.onnx.data"));
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor.build();
  }
}
