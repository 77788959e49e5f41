package dev.kindling.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.kindling.base.InputException;
import dev.kindling.model.Activation;
import dev.kindling.model.Activation.Kind;
import dev.kindling.model.ExternalValues;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.reader.graph.NewAttribute;
import dev.kindling.reader.graph.OnnxValues;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnnxReaderTest {
  private static final AttributeProto SWAP = NewAttribute.integers("perm", List.of(1L, 0L));

  private static GraphBuilder data() {
    return new GraphBuilder().input("x", -1, 4);
  }

  @Test
  void weightBehindTransposeCastAndReshapeHasItsOwnLayout() {
    Model model =
        data()
            .weight("w.weight", 3, 4, 1, 1)
            .initialiser(
                GraphBuilder.zeros("shape", 2)
                    .setDataType(DataType.INT64_VALUE)
                    .addInt64Data(3)
                    .addInt64Data(4))
            .node("Cast", "w.weight", "cast", NewAttribute.integer("to", DataType.FLOAT_VALUE))
            .node("Reshape", "cast shape", "reshaped")
            .node("Transpose", "reshaped", "t", SWAP)
            .node("MatMul", "x t", "y")
            .output("y")
            .read();
    assertThat(ModelFiles.table(model))
        .isEqualTo("w.weight [3, 4, 1, 1] dense OUT_IN 4/3 NONE\nshape [2] constant\n");
    assertThat(ModelFiles.layers(model)).isEqualTo("w y w.weight -\n");
  }

  @Test
  void twoTransposesCancel() {
    Model model =
        data()
            .weight("w", 4, 3)
            .node("Transpose", "w", "t1", SWAP)
            .node("Transpose", "t1", "t2")
            .node("MatMul", "x t2", "y")
            .output("y")
            .read();
    assertThat(ModelFiles.table(model)).isEqualTo("w [4, 3] dense IN_OUT 4/3 NONE\n");
  }

  @Test
  void weightOfAConstantNodeBecomesAnInput() {
    TensorProto values =
        GraphBuilder.zeros("", 4, 2)
            .addAllFloatData(List.of(1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f))
            .build();
    AttributeProto value =
        AttributeProto.newBuilder()
            .setName("value")
            .setType(AttributeProto.AttributeType.TENSOR)
            .setT(values)
            .build();
    NodeProto constant =
        NodeProto.newBuilder().setOpType("Constant").addOutput("w").addAttribute(value).build();
    GraphBuilder builder = data().node(constant).node("MatMul", "x w", "y").output("y");
    Model model = builder.read();
    assertThat(ModelFiles.table(model)).isEqualTo("w [4, 2] dense IN_OUT 4/2 NONE\n");
    assertThat(model.graph().orElseThrow().onnx().getGraph().getNodeList())
        .extracting(NodeProto::getOpType)
        .containsExactly("MatMul");
    assertThat(OnnxValues.values(builder.proto(), "w", "test.onnx").getFloat(4)).isEqualTo(2f);
  }

  @Test
  void biasOfMatMulMustBeAlone() {
    Model model =
        data()
            .weight("a.weight", 4, 4)
            .weight("a.shift", 4)
            .node("MatMul", "x a.weight", "m")
            .node("Add", "m a.shift", "y")
            .node("Relu", "m", "z")
            .output("y")
            .output("z")
            .read();
    assertThat(ModelFiles.layers(model)).isEqualTo("a m a.weight -\n");
    assertThat(ModelFiles.table(model))
        .isEqualTo("a.weight [4, 4] dense IN_OUT 4/4 RELU\na.shift [4] constant\n");
  }

  @Test
  void weightAsTheLeftOperandIsNoLayer() {
    Model model =
        new GraphBuilder()
            .input("x", 4, -1)
            .weight("w", 3, 4)
            .node("MatMul", "w x", "y")
            .output("y")
            .read();
    assertThat(model.graph().orElseThrow().layers()).isEmpty();
    assertThat(model.tensors()).extracting(Tensor::role).containsExactly(Role.CONSTANT);
  }

  @Test
  void nodesAreSortedAndGetNamesOfTheirOwn() {
    NodeProto relu = NodeProto.newBuilder().setOpType("Relu").addInput("m").addOutput("y").build();
    NodeProto matMul =
        NodeProto.newBuilder()
            .setOpType("MatMul")
            .addInput("x")
            .addInput("w")
            .addOutput("m")
            .build();
    NodeProto again =
        NodeProto.newBuilder()
            .setOpType("Relu")
            .addInput("y")
            .addOutput("z")
            .setName("Relu_1")
            .build();
    Model model = data().weight("w", 4, 2).node(relu).node(matMul).node(again).output("z").read();
    assertThat(model.graph().orElseThrow().onnx().getGraph().getNodeList())
        .extracting(NodeProto::getName)
        .containsExactly("MatMul_1", "Relu_2", "Relu_1");
  }

  @Test
  void constantsStayInTheGraphAndTrainedTensorsDoNot() {
    Model model =
        data()
            .weight("w", 4, 2)
            .weight("offset", 2, 2)
            .node("MatMul", "x w", "m")
            .node("Mul", "m offset", "y")
            .output("y")
            .read();
    GraphProto graph = model.graph().orElseThrow().onnx().getGraph();
    assertThat(graph.getInitializerList())
        .extracting(TensorProto::getName)
        .containsExactly("offset");
    assertThat(graph.getInputList()).extracting(ValueInfoProto::getName).containsExactly("x", "w");
  }

  @Test
  void valuesAboveTheLimitStayInTheFile() {
    Model model =
        new GraphBuilder()
            .input("x", -1, 256)
            .weight("w", 256, 65)
            .weight("v", 65, 8)
            .node("Neg", "w", "m")
            .node("Neg", "v", "y")
            .output("m")
            .output("y")
            .read();
    assertThat(model.tensors().get(0).values().orElseThrow())
        .isInstanceOfSatisfying(
            ExternalValues.InFile.class,
            values -> {
              assertThat(values.path()).isEqualTo("test.onnx");
              assertThat(values.tensor()).isEqualTo("w");
            });
    // CRC-32C of 65 * 8 * 4 zero bytes cannot be zero: the register starts with ones.
    assertThat(model.tensors().get(1).values().orElseThrow())
        .isInstanceOfSatisfying(
            ExternalValues.Inline.class, values -> assertThat(values.crc32c()).isNotZero());
  }

  @Test
  void externalDataHasAShapeButNoValues() {
    Model model =
        data()
            .initialiser(
                GraphBuilder.zeros("w", 4, 2).setDataLocation(TensorProto.DataLocation.EXTERNAL))
            .node("MatMul", "x w", "y")
            .output("y")
            .read();
    assertThat(model.tensors().get(0).values()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "Relu,RELU",
    "Tanh,TANH",
    "Sigmoid,SIGMOID",
    "LeakyRelu,LEAKY_RELU",
    "PRelu,LEAKY_RELU",
    "Erf,GELU",
    "Gelu,GELU",
    "Selu,SELU",
    "Elu,ELU",
    "Mish,MISH",
    "HardSwish,HARD_SWISH",
    "Softplus,OTHER",
    "Softmax,NONE",
    "MaxPool,NONE"
  })
  void activationIsFoundBehindNodesThatOnlyMoveElements(String operator, Kind expected) {
    Model model =
        data()
            .weight("w", 4, 2)
            .weight("b", 2)
            .node("Gemm", "x w b", "g")
            .node("Identity", "g", "i")
            .node("Flatten", "i", "f")
            .node(operator, "f", "a")
            .node("Neg", "a", "y")
            .output("y")
            .read();
    assertThat(model.tensors().get(0).activation().kind()).isEqualTo(expected);
  }

  @Test
  void slopeOfALeakyReluIsOnnxsDefault() {
    Model model =
        data()
            .weight("w", 4, 2)
            .node("MatMul", "x w", "m")
            .node("LeakyRelu", "m", "y")
            .output("y")
            .read();
    assertThat(model.tensors().get(0).activation()).isEqualTo(Activation.leakyRelu(0.01));
  }

  /** A probability and a gate want no saturating start. */
  @Test
  void sigmoidsAtTheOutputAndGatesAreNotHidden() {
    Model output =
        data()
            .weight("w", 4, 2)
            .node("MatMul", "x w", "m")
            .node("Sigmoid", "m", "y")
            .output("y")
            .read();
    Model gate =
        data()
            .weight("w", 4, 4)
            .node("MatMul", "x w", "m")
            .node("Sigmoid", "m", "s")
            .node("Mul", "x s", "y")
            .output("y")
            .read();
    assertThat(output.tensors().get(0).activation()).isEqualTo(Activation.OTHER);
    assertThat(gate.tensors().get(0).activation()).isEqualTo(Activation.OTHER);
  }

  @Test
  void mishIsSoftplusBeforeTanh() {
    Model model =
        data()
            .weight("w", 4, 2)
            .node("MatMul", "x w", "m")
            .node("Softplus", "m", "p")
            .node("Tanh", "p", "t")
            .node("Mul", "m t", "y")
            .output("y")
            .read();
    assertThat(model.tensors().get(0).activation()).isEqualTo(Activation.of(Kind.MISH));
  }

  @Test
  void swishIsSiluAlthoughMulReadsTheLayerToo() {
    Model model =
        data()
            .weight("w", 4, 2)
            .node("MatMul", "x w", "m")
            .node("Sigmoid", "m", "s")
            .node("Mul", "m s", "y")
            .output("y")
            .read();
    assertThat(model.tensors().get(0).activation()).isEqualTo(Activation.of(Kind.SILU));
  }

  @Test
  void graphInputsWithAnOpenDimensionAreData() {
    Model model = data().input("k", 4, -1).node("MatMul", "x k", "y").output("y").read();
    assertThat(model.tensors()).isEmpty();
  }

  @Test
  void graphInputThatIsAlsoReadAsDataIsData() {
    Model model = new GraphBuilder().input("x", 4, 4).node("MatMul", "x x", "y").output("y").read();
    assertThat(model.tensors()).isEmpty();
  }

  @Test
  void valuesCapturedBySubgraphsCount() {
    NodeProto inner = NodeProto.newBuilder().setOpType("Relu").addInput("m").addOutput("r").build();
    GraphProto body =
        GraphProto.newBuilder()
            .addNode(inner)
            .addOutput(ValueInfoProto.newBuilder().setName("r"))
            .build();
    AttributeProto branch =
        AttributeProto.newBuilder()
            .setName("then_branch")
            .setType(AttributeProto.AttributeType.GRAPH)
            .setG(body)
            .build();
    Model model =
        data()
            .weight("w", 4, 2)
            .weight("b", 2)
            .input("c")
            .node("If", "c", "y", branch)
            .node("MatMul", "x w", "m")
            .node("Add", "m b", "z")
            .output("y")
            .output("z")
            .read();
    assertThat(ModelFiles.layers(model)).isEqualTo("w m w -\n");
    assertThat(model.graph().orElseThrow().onnx().getGraph().getNodeList())
        .extracting(NodeProto::getName)
        .containsExactly("m", "y", "z");
  }

  @Test
  void everythingThatIsWrongNamesFileAndPlace() {
    assertRefused(
        data().node("Relu", "nowhere", "y").output("y"),
        "node 'y' in test.onnx: nothing in the graph defines its input 'nowhere'");
    assertRefused(
        data().node("Add", "x b", "a").node("Relu", "a", "b").output("b"),
        "node 'a' in test.onnx: the graph has a cycle through it or before it");
    assertRefused(
        data().node("Relu", "x", "y").node("Relu", "x", "y"),
        "node 'y_1' in test.onnx: its output 'y' is defined twice");
    assertRefused(
        data().weight("w", 2).weight("w", 2).node("Relu", "x", "y"),
        "tensor 'w' in test.onnx: the graph has two initialisers of this name");
    assertRefused(
        data().node("Relu", "x", "y").output("z"),
        "output 'z' in test.onnx: nothing in the graph defines it");
    assertRefused(
        data()
            .initialiser(GraphBuilder.zeros("w", 4, 2).addFloatData(1))
            .node("MatMul", "x w", "y"),
        "tensor 'w' in test.onnx: its values do not fit f32 [4, 2] (expected 8 elements of 4 bytes, found 4 bytes)");
    assertRefused(
        data().initialiser(GraphBuilder.zeros("w", -4, 2)).node("MatMul", "x w", "y"),
        "tensor 'w' in test.onnx: dimension is negative: -4");
    assertRefused(
        data().initialiser(GraphBuilder.zeros("w", 1L << 40, 1L << 40)).node("MatMul", "x w", "y"),
        "tensor 'w' in test.onnx: shape [1099511627776, 1099511627776] has more than 2^63 - 1 elements");
    assertRefused(
        data()
            .initialiser(GraphBuilder.zeros("w", 1).setDataType(DataType.STRING_VALUE))
            .node("Relu", "x", "y"),
        "tensor 'w' in test.onnx: unsupported element type STRING");
    assertRefused(
        data().initialiser(GraphBuilder.zeros("w", 1).setDataType(77)).node("Relu", "x", "y"),
        "tensor 'w' in test.onnx: unsupported element type number 77");
    assertRefused(
        data().input("w", 4, -1).node("Gemm", "x w", "y"),
        "tensor 'w' in test.onnx: it is a weight of unknown shape (expected a number for every dimension of this graph input)");
    assertRefused(
        new GraphBuilder()
            .input("x", 1, 4, 8)
            .weight("w", 3, 2, 3)
            .node("Conv", "x w", "y", NewAttribute.integer("group", 2)),
        "node 'y' in test.onnx: its weight 'w' of shape [3, 2, 3] does not divide into 2 groups");
    assertRefused(
        new GraphBuilder()
            .input("x", 1, 4, 8)
            .weight("w", 3, 2, 3)
            .node("Conv", "x w", "y", NewAttribute.integer("group", 0)),
        "node 'y' in test.onnx: group is not a positive number: 0");
    assertRefused(
        new GraphBuilder()
            .input("x", 1, 4, 8)
            .weight("w", 3, 2, 3)
            .node("Transpose", "w", "t", NewAttribute.integers("perm", List.of(2L, 1L, 0L)))
            .node("Conv", "x t", "y"),
        "node 'y' in test.onnx: its weight 'w' of shape [3, 2, 3] has its outputs and inputs elsewhere than on the first two axes");
  }

  @Test
  void modelsThatAreNotWholeAreRefused() {
    assertThatThrownBy(() -> ModelReader.read(new byte[0], "m.onnx"))
        .isInstanceOf(InputException.class)
        .hasMessage("Cannot read model 'm.onnx': it has no graph, so it is not an ONNX model");
    assertThatThrownBy(
            () ->
                ModelReader.read(
                    data().node("Relu", "x", "y").proto().toBuilder()
                        .clearOpsetImport()
                        .build()
                        .toByteArray(),
                    "m.onnx"))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "Cannot read model 'm.onnx': it names no operator set, so it is not a whole ONNX model");
    assertThatThrownBy(() -> ModelReader.read(new byte[0], "m.pt"))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "Cannot read model 'm.pt': its extension names no known format (expected .onnx, .yaml, .yml, .json or .safetensors)");
  }

  private static void assertRefused(GraphBuilder builder, String message) {
    assertThatThrownBy(builder::read)
        .isInstanceOf(InputException.class)
        .hasMessage("Cannot read " + message);
  }
}
