package dev.kindling.structure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.model.Model;
import dev.kindling.reader.ModelReader;
import dev.kindling.structure.AttentionGroup.Memory;
import dev.kindling.structure.Branch.Kind;
import dev.kindling.structure.Branch.Placement;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StructureTest {
  private static Structure shipped(String name) throws IOException {
    return Structure.of(ModelReader.read(Files.readAllBytes(Path.of("conf/models", name)), name));
  }

  private static Structure layers(String shape, String layers) {
    String text = "input: {shape: %s}\nlayers: %s\n".formatted(shape, layers);
    return Structure.of(ModelReader.read(text.getBytes(StandardCharsets.UTF_8), "m.yaml"));
  }

  private static Structure shapes(String json) {
    Model model = ModelReader.read(json.getBytes(StandardCharsets.UTF_8), "m.json");
    return Structure.of(model);
  }

  @Test
  void resNetHasEightBranchesOfTwoConvolutions() throws IOException {
    Structure structure = shipped("resnet18.yaml");
    assertThat(structure.branches()).hasSize(8);
    assertThat(structure.branches())
        .allSatisfy(
            branch -> {
              assertThat(branch.kind()).isEqualTo(Kind.CONVOLUTION);
              assertThat(branch.placement()).isEqualTo(Placement.BATCH);
              assertThat(branch.matrices()).isEqualTo(2);
              assertThat(branch.ends()).containsExactly(branch.weights().get(1));
              assertThat(branch.endNorms()).hasSize(1);
            });
    Branch halving = structure.branches().get(2);
    assertThat(halving.weights()).containsExactly("layer2.0.conv1.weight", "layer2.0.conv2.weight");
    assertThat(halving.endNorms()).containsExactly("layer2.0.bn2.weight");
    assertThat(halving.shortcut()).containsExactly("layer2.0.downsample.0.weight");
    assertThat(structure.heads()).containsExactly("fc.weight");
    assertThat(structure.chains()).isEmpty();
  }

  @Test
  void gpt2HasTwoBranchesALayerAndATiedHead() throws IOException {
    Structure structure = shipped("gpt2-small.yaml");
    assertThat(structure.branches()).hasSize(24);
    Branch attention = structure.branches().get(0);
    assertThat(attention.kind()).isEqualTo(Kind.SELF_ATTENTION);
    assertThat(attention.placement()).isEqualTo(Placement.BEFORE);
    assertThat(attention.weights())
        .containsExactly("h.0.attn.qkv.weight", "h.0.attn.out_proj.weight");
    assertThat(attention.matrices()).isEqualTo(4);
    assertThat(attention.ends()).containsExactly("h.0.attn.out_proj.weight");
    Branch mlp = structure.branches().get(23);
    assertThat(mlp.kind()).isEqualTo(Kind.FEED_FORWARD);
    assertThat(mlp.ends()).containsExactly("h.11.mlp.fc2.weight");
    assertThat(structure.attentions()).hasSize(12);
    assertThat(structure.attentions().get(0).heads()).isEqualTo(12);
    assertThat(structure.attentions().get(0).value().part()).isEqualTo(2);
    assertThat(structure.heads()).containsExactly("wte.weight");
    assertThat(structure.positions()).containsExactly("wpe.weight");
    assertThat(Structure.layers(structure.branches())).isEqualTo(12);
  }

  @Test
  void llamaHasGroupedHeadsBehindRotaryPositions() throws IOException {
    Structure structure = shipped("llama.yaml");
    assertThat(structure.branches()).hasSize(32);
    AttentionGroup group = structure.attentions().get(3);
    assertThat(group.query().tensor()).isEqualTo("layers.3.self_attn.q_proj.weight");
    assertThat(group.key().tensor()).isEqualTo("layers.3.self_attn.k_proj.weight");
    assertThat(group.value().tensor()).isEqualTo("layers.3.self_attn.v_proj.weight");
    assertThat(group.out()).contains("layers.3.self_attn.out_proj.weight");
    assertThat(group.heads()).isEqualTo(32);
    assertThat(structure.branches().get(1).matrices()).isEqualTo(3);
    assertThat(structure.heads()).containsExactly("lm_head.weight");
  }

  @Test
  void anEncoderIsWhatADecoderLooksAt() throws IOException {
    Structure structure = shipped("translator.yaml");
    assertThat(structure.branches(Side.ENCODER)).hasSize(12);
    assertThat(structure.branches(Side.DECODER)).hasSize(18);
    assertThat(structure.branches(Side.DECODER).get(1).kind()).isEqualTo(Kind.CROSS_ATTENTION);
    assertThat(structure.attentions().stream().filter(g -> g.memory() == Memory.OTHER)).hasSize(6);
    assertThat(structure.decoderEmbeddings()).containsExactly("decoder.embed_tokens.weight");
    assertThat(structure.heads()).containsExactly("head.weight");
  }

  @Test
  void normsBehindSumsAndTrainedFactorsAreFound() {
    Structure structure =
        layers(
            "[8]",
            "[residual: [dense: {out: 8, name: a}, relu, dense: {out: 8, name: b}, scale: {name: s}],"
                + " layer-norm, residual: [dense: {out: 8, name: c}], layer-norm, dense: {out: 3}]");
    assertThat(structure.branches()).hasSize(2);
    assertThat(structure.branches().get(0).placement()).isEqualTo(Placement.AFTER);
    assertThat(structure.branches().get(0).scales()).containsExactly("s.scale");
    assertThat(structure.branches().get(0).ends()).containsExactly("b.weight");
    assertThat(structure.branches().get(1).weights()).containsExactly("c.weight");
  }

  @Test
  void chainsAreLayersWithOnlyAReluBetweenThem() {
    Structure structure =
        layers(
            "[2, 8, 8]",
            "[conv2d: {name: a, out: 4, kernel: 3}, relu, avg-pool: {kernel: 2}, flatten, dense: {name: b, out: 6},"
                + " relu, dense: {name: c, out: 6}, tanh, dense: {name: d, out: 6}, relu, relu, dense: {name: e, out: 2}]");
    assertThat(structure.chains()).containsExactly(List.of("a.weight", "b.weight", "c.weight"));
  }

  @Test
  void namesTellWhereThereIsNoGraph() {
    Structure llama =
        shapes(
            """
            {"model.layers.0.self_attn.q_proj.weight": [8, 8], "model.layers.0.self_attn.k_proj.weight": [4, 8],
             "model.layers.0.self_attn.v_proj.weight": [4, 8], "model.layers.0.self_attn.o_proj.weight": [8, 8],
             "model.layers.0.mlp.gate_proj.weight": [16, 8], "model.layers.0.mlp.up_proj.weight": [16, 8],
             "model.layers.0.mlp.down_proj.weight": [8, 16], "lm_head.weight": [20, 8]}""");
    assertThat(summary(llama))
        .containsExactly(
            "self-attention m=4 ends [model.layers.0.self_attn.o_proj.weight]",
            "feed-forward m=3 ends [model.layers.0.mlp.down_proj.weight]");
    assertThat(llama.heads()).containsExactly("lm_head.weight");
    Structure bert =
        shapes(
            """
            {"bert.encoder.layer.0.attention.self.query.weight": [8, 8], "bert.encoder.layer.0.attention.self.key.weight": [8, 8],
             "bert.encoder.layer.0.attention.self.value.weight": [8, 8], "bert.encoder.layer.0.attention.output.dense.weight": [8, 8],
             "bert.encoder.layer.0.intermediate.dense.weight": [32, 8], "bert.encoder.layer.0.output.dense.weight": [8, 32],
             "classifier.weight": [2, 8]}""");
    assertThat(summary(bert))
        .containsExactly(
            "self-attention m=4 ends [bert.encoder.layer.0.attention.output.dense.weight]",
            "feed-forward m=2 ends [bert.encoder.layer.0.output.dense.weight]");
    assertThat(bert.branches().get(0).side()).isEqualTo(Side.ENCODER);
    Structure resNet =
        shapes(
            """
            {"conv1.weight": [64, 3, 7, 7], "layer1.0.conv1.weight": [64, 64, 1, 1], "layer1.0.bn1.weight": [64],
             "layer1.0.bn1.bias": [64], "layer1.0.conv2.weight": [64, 64, 3, 3], "layer1.0.conv3.weight": [256, 64, 1, 1],
             "layer1.0.bn3.weight": [256], "layer1.0.bn3.bias": [256], "layer1.0.downsample.0.weight": [256, 64, 1, 1],
             "fc.weight": [1000, 2048]}""");
    assertThat(summary(resNet)).containsExactly("convolution m=3 ends [layer1.0.conv3.weight]");
    assertThat(resNet.branches().get(0).endNorms()).containsExactly("layer1.0.bn3.weight");
    assertThat(resNet.heads()).containsExactly("fc.weight");
    Structure gpt2 =
        shapes(
            """
            {"transformer.h.0.attn.c_attn.weight": [8, 24], "transformer.h.0.attn.c_proj.weight": [8, 8],
             "transformer.h.0.mlp.c_fc.weight": [8, 32], "transformer.h.0.mlp.c_proj.weight": [32, 8]}""");
    assertThat(summary(gpt2))
        .containsExactly(
            "self-attention m=4 ends [transformer.h.0.attn.c_proj.weight]",
            "feed-forward m=2 ends [transformer.h.0.mlp.c_proj.weight]");
  }

  /** Blocks as the papers have them, in what PyTorch's exporters make of the packages' models. */
  @ParameterizedTest
  @CsvSource({
    "resnet50-old, 16, 0, fc.weight",
    "resnet50-dynamo, 16, 0, fc.weight",
    "mobilenet_v2-old, 10, 0, classifier.1.weight",
    "densenet121-old, 0, 0, classifier.weight",
    "convnext_tiny-dynamo, 18, 0, classifier.2.weight",
    "vit_b_16-old, 24, 12, heads.head.weight",
    "vit_b_16-dynamo, 24, 12, heads.head.weight",
    "timm_vit_tiny-old, 24, 12, head.weight",
    "timm_vit_tiny-dynamo, 24, 12, head.weight",
    "bert-old, 8, 4, model.classifier.weight",
    "bert-dynamo, 8, 4, model.classifier.weight",
    "gpt2-dynamo, 8, 4, model.lm_head.weight",
    "llama-dynamo, 4, 2, model.lm_head.weight",
    "t5-dynamo, 4, 2, ",
    "recurrent-old, 0, 0, head.weight"
  })
  void exportedModelsHaveTheBlocksOfTheirPapers(
      String name, int branches, int attentions, String head) throws IOException {
    Structure structure = Structure.of(zoo(name));
    assertThat(structure.branches()).as(summary(structure).toString()).hasSize(branches);
    assertThat(structure.branches()).allSatisfy(branch -> assertThat(branch.ends()).hasSize(1));
    assertThat(structure.attentions()).hasSize(attentions);
    assertThat(structure.branches().stream().filter(b -> b.kind() == Kind.SELF_ATTENTION))
        .hasSize(attentions);
    assertThat(structure.heads()).isEqualTo(head == null ? List.of() : List.of(head));
  }

  /** As {@code export_zoo.py} configured them, or as the packages do. */
  @ParameterizedTest
  @CsvSource({
    "vit_b_16-old, 12",
    "vit_b_16-dynamo, 12",
    "timm_vit_tiny-old, 3",
    "timm_vit_tiny-dynamo, 3",
    "bert-old, 12",
    "bert-dynamo, 12",
    "gpt2-dynamo, 12",
    "llama-dynamo, 8",
    "t5-dynamo, 4",
    "neox-dynamo, 8",
    "bloom-dynamo, 8"
  })
  void headsOfExportsAreThoseOfTheModules(String name, long heads) throws IOException {
    assertThat(Structure.of(zoo(name)).attentions())
        .isNotEmpty()
        .allSatisfy(group -> assertThat(group.heads()).isEqualTo(heads));
  }

  private static Model zoo(String name) throws IOException {
    try (InputStream in =
        new GZIPInputStream(
            StructureTest.class.getResourceAsStream("/models/zoo/" + name + ".onnx.gz"))) {
      return ModelReader.read(in.readAllBytes(), name + ".onnx");
    }
  }

  @Test
  void explanationsSayWhereATensorStands() throws IOException {
    assertThat(Explanation.of("h.0.attn.qkv.weight", shipped("gpt2-small.yaml")))
        .containsExactly(
            "residual branch 1 of 24 (self-attention, single): weight 1 of 2 (m = 4 matrices);"
                + " the node 'h.0.residual1' adds it to what it came from",
            "attention: queries, keys, values of 12 heads; a softmax over the product 'h.0.attn.scores'");
    assertThat(Explanation.of("layer1.0.bn2.weight", shipped("resnet18.yaml")))
        .containsExactly(
            "residual branch 1 of 8 (convolution, single): scale of the norm at its end;"
                + " the node 'layer1.0.residual1' adds it to what it came from");
  }

  private static List<String> summary(Structure structure) {
    return structure.branches().stream()
        .map(b -> "%s m=%d ends %s".formatted(b.kind().label(), b.matrices(), b.ends()))
        .collect(Collectors.toList());
  }
}
