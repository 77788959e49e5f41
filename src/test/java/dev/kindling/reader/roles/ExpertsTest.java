package dev.kindling.reader.roles;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.kindling.model.Fans;
import dev.kindling.model.Layout;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.reader.GraphBuilder;
import dev.kindling.reader.ModelReader;
import dev.kindling.reader.graph.NewAttribute;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights that hold a matrix for each expert, and weights of Einsum. */
class ExpertsTest {
  /**
   * Width 32, inner width 24, 4 experts; names and shapes as Hugging Face's Mixtral and GPT-OSS and
   * torchtitan have them. The former multiplies by rows, the latter by columns.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          gate_up_proj | [4, 48, 32] | down_proj | [4, 32, 24] | gate.weight   | OUT_IN
          gate_up_proj | [4, 32, 48] | down_proj | [4, 24, 32] | router.weight | IN_OUT
          gate_up_proj | [4, 48, 32] | down_proj | [4, 32, 24] | none          | OUT_IN
          gate_up_proj | [4, 32, 48] | down_proj | [4, 24, 32] | none          | IN_OUT
          w1           | [4, 24, 32] | w2        | [4, 32, 24] | none          | OUT_IN
          up_proj      | [4, 32, 24] | down_proj | [4, 24, 32] | gate.weight   | IN_OUT
          """)
  void widthTellsInputsFromOutputs(
      String up, String upShape, String down, String downShape, String router, Layout layout) {
    String json =
        "{\"mlp.experts.%s\": %s, \"mlp.experts.%s\": %s, \"mlp.%s\": [4, 32]}"
            .formatted(up, upShape, down, downShape, router);
    Model model = ModelReader.read(json.getBytes(StandardCharsets.UTF_8), "m.json");
    Tensor first = model.tensors().get(0);
    Tensor second = model.tensors().get(1);
    assertThat(first.role()).isEqualTo(Role.EXPERTS);
    assertThat(first.layout()).isEqualTo(layout);
    assertThat(second.layout()).isEqualTo(layout);
    assertThat(Fans.of(first)).isEqualTo(new Fans(32, up.equals("gate_up_proj") ? 48 : 24));
    assertThat(Fans.of(second)).isEqualTo(new Fans(24, 32));
  }

  @Test
  void biasesOfExpertsAreBiases() {
    String json = "{\"mlp.experts.gate_up_proj_bias\": [4, 48]}";
    Model model = ModelReader.read(json.getBytes(StandardCharsets.UTF_8), "m.json");
    assertThat(model.tensors().get(0).role()).isEqualTo(Role.BIAS);
  }

  @Test
  void aProductWithAMatrixForEachExpertIsFound() {
    GraphBuilder graph =
        new GraphBuilder()
            .input("x", 4, -1, 32)
            .weight("experts.w1", 4, 32, 24)
            .weight("experts.w2", 4, 32, 24)
            .node("MatMul", "x experts.w1", "h")
            .node("Transpose", "experts.w2", "t", permutation(0, 2, 1))
            .node("Relu", "h", "r")
            .node("MatMul", "r t", "y")
            .output("y");
    Model model = ModelReader.read(graph.proto().toByteArray(), "m.onnx");
    Tensor first = model.tensors().get(0);
    Tensor second = model.tensors().get(1);
    assertThat(Fans.of(first)).isEqualTo(new Fans(32, 24));
    assertThat(first.activation().label()).isEqualTo("relu");
    assertThat(second.layout()).isEqualTo(Layout.OUT_IN);
    assertThat(Fans.of(second)).isEqualTo(new Fans(24, 32));
    assertThat(model.notes())
        .containsExactly(
            "initialised but not calibrated, since they are weights of experts or of Einsum: experts.w1, experts.w2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bld,df->blf    | 1 | 32 | 24 |    | dense IN_OUT 32/24
          bld,fd->blf    | 1 | 24 | 32 |    | dense OUT_IN 32/24
          df,bld->blf    | 0 | 32 | 24 |    | dense IN_OUT 32/24
          ebd,edf->ebf   | 1 | 4  | 32 | 24 | experts IN_OUT 32/24
          ebd,efd->ebf   | 1 | 4  | 24 | 32 | experts OUT_IN 32/24
          bld,dhk->blhk  | 1 | 32 | 4  | 8  | spread-dense IN_OUT 32/32
          bld,hkd->blhk  | 1 | 4  | 8  | 32 | joint-dense OUT_IN 32/32
          blhk,hkd->bld  | 1 | 4  | 6  | 32 | joint-dense IN_OUT 24/32
          blhk,dhk->bld  | 1 | 32 | 4  | 6  | spread-dense OUT_IN 24/32
          blhk,hkmn->blmn | 1 | 4 | 6  | 5 7 | paired-dense IN_OUT 24/35
          blhk,mnhk->blmn | 1 | 5 | 7  | 4 6 | paired-dense OUT_IN 24/35
          blhk,hkmnp->blmnp | 1 | 4 | 6 | 5 7 2 | constant
          blhk,hmkn->blmn | 1 | 4 | 5  | 6 7 | constant
          bld,dhk->bldhk | 1 | 32 | 4  | 8  | constant
          """)
  void lettersTellTheAxesOfAnEinsum(
      String equation, int operand, long first, long second, String others, String expected) {
    LongStream last =
        others == null ? LongStream.empty() : Stream.of(others.split(" ")).mapToLong(Long::valueOf);
    long[] dims = LongStream.concat(LongStream.of(first, second), last).toArray();
    GraphBuilder graph = new GraphBuilder().input("x", -1, 7, 32).weight("layer.weight", dims);
    AttributeProto letters =
        AttributeProto.newBuilder()
            .setName("equation")
            .setType(AttributeProto.AttributeType.STRING)
            .setS(ByteString.copyFromUtf8(equation))
            .build();
    String inputs = operand == 0 ? "layer.weight x" : "x layer.weight";
    graph.node("Einsum", inputs, "y", letters).output("y");
    Model model = ModelReader.read(graph.proto().toByteArray(), "m.onnx");
    Tensor weight = model.tensors().get(0);
    assertThat(describe(weight)).isEqualTo(expected);
    assertThat(model.notes()).hasSize(1);
    assertThat(model.notes().get(0))
        .contains(expected.equals("constant") ? "layer.weight in " + equation : "not calibrated");
  }

  /** Each token's experts are chosen by number, as Hugging Face's batched experts do. */
  @ParameterizedTest
  @CsvSource({"false, IN_OUT", "true, OUT_IN"})
  void chosenExpertsAreFoundBehindAGather(boolean transposed, Layout layout) {
    GraphBuilder graph =
        new GraphBuilder()
            .input("x", -1, 1, 32)
            .input("which", -1)
            .node("Cast", "which", "numbers", NewAttribute.integer("to", 7))
            .weight("experts.up", 4, transposed ? 24 : 32, transposed ? 32 : 24)
            .weight("experts.up_bias", 4, 24)
            .node("Gather", "experts.up numbers", "chosen")
            .node("Transpose", "chosen", "turned", permutation(0, 2, 1))
            .node("MatMul", transposed ? "x turned" : "x chosen", "h")
            .node("Gather", "experts.up_bias numbers", "biases")
            .node("Unsqueeze", "biases one", "wide")
            .initialiser(longs("one", 1))
            .node("Add", "h wide", "y")
            .output("y");
    Model model = ModelReader.read(graph.proto().toByteArray(), "m.onnx");
    Tensor weight = model.tensors().get(0);
    assertThat(weight.role()).isEqualTo(Role.EXPERTS);
    assertThat(weight.layout()).isEqualTo(layout);
    assertThat(Fans.of(weight)).isEqualTo(new Fans(32, 24));
    assertThat(model.tensors().get(1).role()).isEqualTo(Role.BIAS);
    assertThat(model.notes()).hasSize(1).first().asString().contains("not calibrated");
  }

  private static TensorProto.Builder longs(String name, long... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.INT64_VALUE);
    tensor.addDims(values.length);
    Arrays.stream(values).forEach(tensor::addInt64Data);
    return tensor;
  }

  private static String describe(Tensor tensor) {
    if (tensor.role() == Role.CONSTANT) {
      return "constant";
    }
    Fans fans = Fans.of(tensor);
    return "%s %s %.0f/%.0f"
        .formatted(tensor.role().label(), tensor.layout(), fans.in(), fans.out());
  }

  private static AttributeProto permutation(long... axes) {
    AttributeProto.Builder perm =
        AttributeProto.newBuilder().setName("perm").setType(AttributeProto.AttributeType.INTS);
    for (long axis : axes) {
      perm.addInts(axis);
    }
    return perm.build();
  }
}
