package dev.kindling.reader.shapes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.model.Layout;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.reader.ModelFiles;
import dev.kindling.reader.ModelReader;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamedTensorsTest {
  /** What the names say is what the graph says, for every tensor of these models. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "resnet50-old",
        "densenet121-old",
        "mobilenet_v2-old",
        "mobilenet_v3_small-old",
        "convnext_tiny-dynamo",
        "vit_b_16-old",
        "timm_vit_tiny-old",
        "bert-old",
        "gpt2-dynamo",
        "llama-dynamo",
        "t5-dynamo",
        "recurrent-old"
      })
  void namesTellTheRolesThatTheGraphTells(String name) {
    String stem = name.substring(0, name.lastIndexOf('-'));
    Model named = ModelFiles.read("zoo/" + stem + ".shapes.json.gz");
    Map<String, Tensor> byName =
        named.tensors().stream().collect(Collectors.toMap(Tensor::name, tensor -> tensor));
    Map<String, String> found = new TreeMap<>();
    Map<String, String> expected = new TreeMap<>();
    for (Tensor tensor : ModelFiles.read("zoo/" + name + ".onnx.gz").tensors()) {
      String own =
          tensor
              .name()
              .replaceFirst("^model\\.(?=bert|classifier|transformer|lm_head|model|encoder)", "");
      Tensor other = byName.get(byName.containsKey(tensor.name()) ? tensor.name() : own);
      if (tensor.role() != Role.CONSTANT && tensor.aliases().isEmpty()) {
        expected.put(own, describe(tensor));
        found.put(own, other == null ? "not there" : describe(other));
      }
    }
    assertThat(expected).hasSizeGreaterThan(15);
    assertThat(found).isEqualTo(expected);
  }

  private static String describe(Tensor tensor) {
    String layout = tensor.role().isWeight() ? " " + tensor.layout() : "";
    return tensor.role().label()
        + layout
        + (tensor.role() == Role.CONV ? "" : " " + tensor.groups());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          model.layers.0.mlp.experts.3.down_proj.weight            | [8, 16]       | dense
          language_model.embedding.word_embeddings.weight          | [100, 16]     | embedding
          decoder.layers.0.self_attention.query_key_value.weight   | [48, 16]      | fused-qkv
          gpt_neox.embed_in.weight                                 | [100, 16]     | embedding
          embed_out.weight                                         | [100, 16]     | dense
          patch_embed.proj.weight                                  | [16, 3, 4, 4] | conv
          blocks.0.ls1.gamma                                       | [16]          | residual-scale
          features.1.0.layer_scale                                 | [16, 1, 1]    | residual-scale
          resweight                                                | [1]           | residual-scale
          features.norm0.weight                                    | [64]          | norm-scale
          layers.0.blocks.0.attn.relative_position_bias_table      | [169, 3]      | additive
          vit.embeddings.cls_token                                 | [1, 1, 16]    | additive
          features.1.prelu1.weight                                 | [16]          | slope
          bert.embeddings.LayerNorm.gamma                          | [16]          | norm-scale
          bert.embeddings.LayerNorm.beta                           | [16]          | norm-shift
          model.layers.0.self_attn.rotary_emb.inv_freq             | [8]           | constant
          """)
  void namesOfOtherLibraries(String name, String shape, String role) {
    Model model =
        ModelReader.read(
            "{\"%s\": %s}".formatted(name, shape).getBytes(java.nio.charset.StandardCharsets.UTF_8),
            "m.json");
    assertThat(model.tensors().get(0).role().label()).isEqualTo(role);
    assertThat(model.tensors().get(0).layout()).isEqualTo(Layout.OUT_IN);
  }
}
