package dev.kindling.reader;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.reader.graph.NewAttribute;
import dev.kindling.structure.Structure;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Forms that exporters other than PyTorch's give to layers. Those of Keras are files that Keras
 * wrote ({@code src/test/python/export_keras.py}); of skl2onnx there is a small one; larger forms
 * of tf2onnx and skl2onnx, which are not to be had here, are put together by hand.
 */
class ExportersTest {
  /** Keras 3 on PyTorch: channels last, so that biases are added behind a Transpose and Casts. */
  @Test
  void kerasAddsTheBiasBehindATransposition() {
    assertThat(roles(ModelFiles.read("keras/cnn.onnx.gz")))
        .containsExactly(
            "conv [8, 1, 3, 3]",
            "bias [1, 1, 1, 8]",
            "depthwise [8, 1, 3, 3]",
            "bias [8]",
            "transposed-conv [8, 4, 3, 3]",
            "bias [1, 1, 1, 4]",
            "dense [2116, 10]",
            "bias [10]");
    assertThat(ModelFiles.read("keras/cnn.onnx.gz").graph().orElseThrow().layers())
        .hasSize(4)
        .allSatisfy(layer -> assertThat(layer.bias()).isPresent());
  }

  /** Its recurrent layers come unrolled: products of input and state, which are no branches. */
  @Test
  void kerasUnrollsRecurrentLayers() {
    Model model = ModelFiles.read("keras/rnn.onnx.gz");
    assertThat(roles(model))
        .containsExactly(
            "embedding [50, 16]",
            "dense [16, 96]",
            "bias [96]",
            "dense [24, 96]",
            "dense [24, 24]",
            "bias [24]",
            "dense [8, 24]",
            "dense [8, 3]",
            "bias [3]");
    assertThat(Structure.of(model).branches()).isEmpty();
  }

  /**
   * tf2onnx 1.16: names of TensorFlow's reads of variables, kernels as {@code [in, out]}, a dense
   * layer on sequences as Reshape, MatMul, Reshape, Add. The names are those that programs look up
   * in such files, such as {@code StatefulPartitionedCall/model_1/a_dense/MatMul/ReadVariableOp:0}.
   */
  @Test
  void tf2onnxKeepsTensorFlowsNames() {
    String path = "StatefulPartitionedCall/model/";
    String conv = path + "conv2d/Conv2D/ReadVariableOp:0";
    String convBias = path + "conv2d/BiasAdd/ReadVariableOp:0";
    String dense = path + "dense/MatMul/ReadVariableOp:0";
    String bias = path + "dense/BiasAdd/ReadVariableOp:0";
    String mixed = path + "mix/Tensordot/ReadVariableOp:0";
    String mixedBias = path + "mix/BiasAdd/ReadVariableOp:0";
    GraphBuilder graph =
        new GraphBuilder()
            .input("x", -1, 8, 8, 3)
            .weight(conv, 16, 3, 3, 3)
            .weight(convBias, 16)
            .weight(mixed, 16, 24)
            .weight(mixedBias, 24)
            .weight(dense, 24, 10)
            .weight(bias, 10)
            .node("Transpose", "x", "nchw", perm(0, 3, 1, 2))
            .node("Conv", "nchw " + conv + " " + convBias, "c")
            .node("Relu", "c", "r")
            .node("Transpose", "r", "nhwc", perm(0, 2, 3, 1))
            .node("Shape", "nhwc", "s")
            .node("Reshape", "nhwc s", "rows")
            .node("MatMul", "rows " + mixed, "t")
            .node("Reshape", "t s", "back")
            .node("Add", "back " + mixedBias, "m")
            .node("Tanh", "m", "h")
            .node("MatMul", "h " + dense, "d")
            .node("Add", "d " + bias, "y")
            .output("y");
    Model model = graph.read();
    assertThat(model.tensors())
        .extracting(tensor -> tensor.name() + " " + tensor.role().label())
        .containsExactly(
            conv + " conv",
            convBias + " bias",
            mixed + " dense",
            mixedBias + " bias",
            dense + " dense",
            bias + " bias");
    assertThat(model.tensors().get(2).activation().label()).isEqualTo("tanh");
    assertThat(model.graph().orElseThrow().layers())
        .extracting(Layer::weight)
        .containsExactly(conv, mixed, dense);
  }

  /** skl2onnx's multi-layer perceptron: {@code coefficient}, {@code intercepts} of one row. */
  @Test
  void scikitLearnsInterceptsHaveARow() {
    Model model =
        new GraphBuilder()
            .input("x", -1, 4)
            .weight("coefficient", 4, 64)
            .weight("intercepts", 1, 64)
            .weight("coefficient1", 64, 3)
            .weight("intercepts1", 1, 3)
            .node("Cast", "x", "cast_input", NewAttribute.integer("to", 1))
            .node("MatMul", "cast_input coefficient", "mul_result")
            .node("Add", "mul_result intercepts", "add_result")
            .node("Relu", "add_result", "next_activations")
            .node("MatMul", "next_activations coefficient1", "mul_result1")
            .node("Add", "mul_result1 intercepts1", "add_result1")
            .node("Softmax", "add_result1", "probabilities")
            .output("probabilities")
            .read();
    assertThat(roles(model))
        .containsExactly("dense [4, 64]", "bias [1, 64]", "dense [64, 3]", "bias [1, 3]");
    assertThat(model.tensors().get(0).activation().label()).isEqualTo("relu");
  }

  /** A file that skl2onnx wrote; operators of scikit-learn's domain stand behind the layer. */
  @Test
  void skl2onnxsLinearClassifierIsADenseLayer() {
    Model model = ModelFiles.read("skl2onnx/sgd-binary.onnx");
    assertThat(model.tensors())
        .extracting(tensor -> tensor.name() + " " + role(tensor))
        .contains("coef dense [20, 1]", "intercept bias [1]");
    assertThat(model.graph().orElseThrow().layers())
        .extracting(Layer::weight, Layer::bias)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("coef", Optional.of("intercept")));
    assertThat(model.tensors().stream().filter(t -> t.role() == Role.CONSTANT))
        .extracting(Tensor::name)
        .containsExactlyInAnyOrder("classes", "negate", "shape_tensor");
  }

  private static AttributeProto perm(long... axes) {
    return NewAttribute.integers("perm", Arrays.stream(axes).boxed().toList());
  }

  private static List<String> roles(Model model) {
    return model.tensors().stream()
        .filter(tensor -> tensor.role() != Role.CONSTANT)
        .map(ExportersTest::role)
        .toList();
  }

  private static String role(Tensor tensor) {
    return tensor.role().label() + " " + tensor.shape();
  }
}
