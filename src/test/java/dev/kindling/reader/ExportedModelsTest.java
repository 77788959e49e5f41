package dev.kindling.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withPrecision;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.kindling.model.Model;
import dev.kindling.reader.OnnxRuntime.Value;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models that PyTorch's two exporters wrote: what is found in them, and that the weightless graph
 * still computes the same.
 */
class ExportedModelsTest {
  @Test
  void cnnOfTheTorchScriptExporter() {
    Model model = ModelFiles.read("cnn-torchscript.onnx");
    assertThat(ModelFiles.table(model))
        .isEqualTo(
            """
            stem.weight [6, 1, 3, 3] conv OUT_IN 9/54 RELU
            stem.bias [6] bias
            block.conv1.weight [6, 6, 3, 3] conv OUT_IN 54/54 RELU
            block.bn1.weight [6] norm-scale
            block.bn1.bias [6] norm-shift
            block.bn1.running_mean [6] running-mean
            block.bn1.running_var [6] running-variance
            block.depthwise.weight [6, 1, 3, 3] depthwise OUT_IN 9/9 NONE
            block.depthwise.bias [6] bias
            grouped.weight [8, 3, 3, 3] conv OUT_IN 27/36 SIGMOID
            grouped.bias [8] bias
            up.weight [8, 4, 2, 2] transposed-conv IN_OUT 8/16 TANH
            up.bias [4] bias
            fc1.weight [12, 256] dense OUT_IN 256/12 RELU
            fc1.bias [12] bias
            head.weight [10, 12] dense OUT_IN 12/10 NONE
            head.bias [10] bias
            """);
    assertThat(ModelFiles.layers(model))
        .isEqualTo(
            """
            stem /stem/Conv stem.weight stem.bias
            block.conv1 /block/conv1/Conv block.conv1.weight -
            block.depthwise /block/depthwise/Conv block.depthwise.weight block.depthwise.bias
            grouped /grouped/Conv grouped.weight grouped.bias
            up /up/ConvTranspose up.weight up.bias
            fc1 /fc1/Gemm fc1.weight fc1.bias
            head /head/Gemm head.weight head.bias
            """);
    assertThat(OnnxRuntime.dataInputs(model)).containsExactly("input");
  }

  @Test
  void tokensBeforeLayerNormWasOneNode() {
    Model model = ModelFiles.read("tokens-opset16.onnx");
    assertThat(ModelFiles.table(model))
        .isEqualTo(
            """
            embed.weight [20, 8] embedding
            position [1, 5, 8] additive
            norm.weight [8] norm-scale
            norm.bias [8] norm-shift
            up.weight [16, 8] dense OUT_IN 8/16 GELU
            up.bias [16] bias
            down.weight [8, 16] dense OUT_IN 16/8 NONE
            down.bias [8] bias
            plain.weight [8, 8] dense OUT_IN 8/8 TANH
            lstm.weight_ih_l0 [16, 8] recurrent-input
            lstm.weight_hh_l0 [16, 4] recurrent-hidden
            lstm.bias_ih_l0 [16] recurrent-bias
            lstm.bias_hh_l0 [16] recurrent-bias
            """);
    assertThat(ModelFiles.layers(model))
        .isEqualTo(
            """
            up /up/MatMul up.weight up.bias
            down /down/MatMul down.weight down.bias
            plain /plain/MatMul plain.weight -
            """);
    assertThat(OnnxRuntime.dataInputs(model)).containsExactly("input");
  }

  @Test
  void tokensOfTheDynamoExporter() {
    Model model = ModelFiles.read("tokens-dynamo.onnx");
    assertThat(ModelFiles.table(model))
        .isEqualTo(
            """
            embed.weight [20, 8] embedding
            position [1, 5, 8] additive
            norm.weight [8] norm-scale
            norm.bias [8] norm-shift
            up.weight [16, 8] dense OUT_IN 8/16 GELU
            up.bias [16] bias
            down.weight [8, 16] dense OUT_IN 16/8 NONE
            down.bias [8] bias
            plain.weight [8, 8] dense OUT_IN 8/8 TANH
            lstm.weight_ih_l0 [16, 8] recurrent-input
            lstm.weight_hh_l0 [16, 4] recurrent-hidden
            lstm.bias_ih_l0 [16] recurrent-bias
            lstm.bias_hh_l0 [16] recurrent-bias
            val_8 [] constant
            val_10 [1] constant
            val_12 [1] constant
            val_22 [1] constant
            val_77 [1] constant
            val_79 [1] constant
            val_84 [1] constant
            """);
    assertThat(ModelFiles.layers(model))
        .isEqualTo(
            """
            up node_MatMul_2 up.weight up.bias
            down node_MatMul_4 down.weight down.bias
            plain node_linear_2 plain.weight -
            """);
    assertThat(OnnxRuntime.dataInputs(model)).containsExactly("input");
  }

  @Test
  void sharedAndTiedWeights() {
    Model model = ModelFiles.read("tied-torchscript.onnx");
    assertThat(ModelFiles.table(model))
        .isEqualTo(
            """
            embed.weight [20, 8] embedding
            shared.weight [8, 8] dense OUT_IN 8/8 RELU
            shared.bias [8] bias
            """);
    assertThat(ModelFiles.layers(model))
        .isEqualTo(
            """
            shared /shared/MatMul shared.weight shared.bias
            shared#2 /shared_1/MatMul shared.weight shared.bias
            """);
    assertThat(OnnxRuntime.dataInputs(model)).containsExactly("input");
  }

  @Test
  void parametersWithoutValuesAreFoundByTheirUse() {
    Model model = ModelFiles.read("cnn-weightless.onnx");
    assertThat(ModelFiles.table(model))
        .isEqualTo(ModelFiles.table(ModelFiles.read("cnn-torchscript.onnx")));
    assertThat(model.tensors()).allSatisfy(tensor -> assertThat(tensor.values()).isEmpty());
    assertThat(OnnxRuntime.dataInputs(model)).containsExactly("input");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cnn-torchscript", "cnn-dynamo"})
  void weightlessCnnComputesTheSameFromFedWeights(String name) throws Exception {
    assertSameOutput(name + ".onnx", Value.floats(3 * 64, 3, 1, 8, 8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tied-torchscript", "tokens-torchscript", "tokens-opset16"})
  void weightlessTokenModelComputesTheSameFromFedWeights(String name) throws Exception {
    assertSameOutput(name + ".onnx", Value.longs(2 * 5, 20, 2, 5));
  }

  private static void assertSameOutput(String name, Value input) throws Exception {
    byte[] bytes = ModelFiles.bytes(name);
    ModelProto original = ModelProto.parseFrom(bytes);
    Model model = ModelReader.read(bytes, name);
    Map<String, Value> fed = new HashMap<>(OnnxRuntime.weights(original, model));
    fed.put("input", input);
    OnnxRuntime.Output expected = OnnxRuntime.run(original, Map.of("input", input));
    OnnxRuntime.Output found = OnnxRuntime.run(model.graph().orElseThrow().onnx(), fed);
    assertThat(found.shape()).isEqualTo(expected.shape());
    assertThat(found.values()).containsExactly(expected.values(), withPrecision(1e-5f));
  }
}
