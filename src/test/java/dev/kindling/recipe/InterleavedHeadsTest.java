package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.kindling.base.ConfigurationException;
import dev.kindling.model.Fans;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.preset.Presets;
import dev.kindling.reader.GraphBuilder;
import dev.kindling.reader.ModelReader;
import dev.kindling.reader.graph.NewAttribute;
import dev.kindling.scheme.GlorotUniform;
import dev.kindling.scheme.Orthogonal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Queries, keys and values of which every head has its own. */
class InterleavedHeadsTest {
  private static final int HEADS = 4;
  private static final int WIDTH = 6;
  private static final int MODEL = HEADS * WIDTH;

  /**
   * GPT-NeoX takes three thirds of each head's last axis, BLOOM three of an axis of its own:
   * modeling_gpt_neox.py and modeling_bloom.py of Transformers.
   */
  @ParameterizedTest
  @CsvSource({"NEOX", "BLOOM"})
  void theGraphTellsEachHeadsShares(String form) {
    Tensor weight = attention(form).tensors().get(0);
    assertThat(weight.role()).isEqualTo(Role.FUSED_QKV);
    assertThat(weight.fused()).hasSize(3 * HEADS);
    assertThat(weight.fused().subList(0, 4))
        .extracting("name", "outputs", "fanOut")
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("queries", 6L, 24L),
            org.assertj.core.groups.Tuple.tuple("keys", 6L, 24L),
            org.assertj.core.groups.Tuple.tuple("values", 6L, 24L),
            org.assertj.core.groups.Tuple.tuple("queries", 6L, 24L));
  }

  /**
   * Glorot's variance is that of a matrix from d to d; rows 12 to 17 are the first head's values.
   */
  @Test
  void aPresetScalesTheValuesOfEachHead() {
    List<Block> blocks = blocks(attention("NEOX"), "t_fixup");
    assertThat(blocks).hasSize(3 * HEADS).allMatch(b -> b.fans().equals(new Fans(24, 24)));
    double factor = 0.67;
    for (int i = 0; i < blocks.size(); i++) {
      assertThat(blocks.get(i).scale().of(0)).isEqualTo(i % 3 == 2 ? factor : 1);
    }
  }

  @Test
  void namesAloneTellTheFansButNoHeads() {
    String json =
        """
        {"layers.0.attention.query_key_value.weight": [72, 24], "layers.0.attention.dense.weight": [24, 24],
         "layers.0.mlp.dense_h_to_4h.weight": [96, 24], "layers.0.mlp.dense_4h_to_h.weight": [24, 96]}""";
    Model model = ModelReader.read(json.getBytes(StandardCharsets.UTF_8), "neox.json");
    InitSettings settings = new InitSettings(1, List.of(), Optional.of(new GlorotUniform(1)));
    Plan plan = Planner.plan(model, settings, Set.of());
    Source.Drawn drawn = (Source.Drawn) plan.recipe().entries().get(0).source();
    assertThat(drawn.blocks()).hasSize(1);
    assertThat(drawn.blocks().get(0).fans()).isEqualTo(new Fans(24, 24));
    assertThatThrownBy(() -> blocks(model, "t_fixup"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("interleaved by heads, whose number its shape does not tell");
  }

  private static List<Block> blocks(Model model, String preset) {
    InitSettings settings =
        new InitSettings(1, List.of(), Optional.empty())
            .withPresets(List.of(Presets.of(preset, Map.of(), new Orthogonal(1))));
    RecipeEntry entry = Planner.plan(model, settings, Set.of()).recipe().entries().get(0);
    return ((Source.Drawn) entry.source()).blocks();
  }

  private static Model attention(String form) {
    GraphBuilder graph = new GraphBuilder().input("x", 2, 5, MODEL);
    graph.weight("qkv", MODEL, 3L * MODEL).weight("dense", MODEL, MODEL);
    graph.node("MatMul", "x qkv", "fused");
    if (form.equals("NEOX")) {
      shape(graph, "apart", 2, 5, HEADS, 3 * WIDTH);
      graph
          .node("Reshape", "fused apart", "r")
          .node("Transpose", "r", "t", NewAttribute.integers("perm", List.of(0L, 2L, 1L, 3L)));
      for (int part = 0; part < 3; part++) {
        shape(graph, "from" + part, part * WIDTH);
        shape(graph, "to" + part, (part + 1L) * WIDTH);
        graph.node("Slice", "t from%d to%d last".formatted(part, part), "part" + part);
      }
      shape(graph, "last", 3);
    } else {
      shape(graph, "apart", 2, 5, HEADS, 3, WIDTH);
      graph.node("Reshape", "fused apart", "t");
      for (int part = 0; part < 3; part++) {
        graph.initialiser(
            TensorProto.newBuilder()
                .setName("n" + part)
                .setDataType(DataType.INT64_VALUE)
                .addInt64Data(part));
        graph
            .node("Gather", "t n" + part, "g" + part, NewAttribute.integer("axis", 3))
            .node(
                "Transpose",
                "g" + part,
                "part" + part,
                NewAttribute.integers("perm", List.of(0L, 2L, 1L, 3L)));
      }
    }
    shape(graph, "joined", 2, 5, MODEL);
    graph
        .node("Transpose", "part1", "k", NewAttribute.integers("perm", List.of(0L, 1L, 3L, 2L)))
        .node("MatMul", "part0 k", "scores")
        .node("Softmax", "scores", "p")
        .node("MatMul", "p part2", "mixed")
        .node("Transpose", "mixed", "back", NewAttribute.integers("perm", List.of(0L, 2L, 1L, 3L)))
        .node("Reshape", "back joined", "flat")
        .node("MatMul", "flat dense", "out")
        .node("Add", "x out", "y")
        .output("y");
    return graph.read();
  }

  private static void shape(GraphBuilder graph, String name, long... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(DataType.INT64_VALUE);
    Arrays.stream(values).forEach(tensor::addInt64Data);
    graph.initialiser(tensor.addDims(values.length));
  }
}
