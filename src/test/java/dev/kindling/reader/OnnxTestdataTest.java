package dev.kindling.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withPrecision;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.kindling.model.Model;
import dev.kindling.reader.OnnxRuntime.Value;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The ONNX project's own operator tests: what each weight is, and PyTorch's output from weights
 * that are fed.
 */
class OnnxTestdataTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Conv1d_dilated                   | 1 [5, 4, 3] conv OUT_IN 12/15 NONE; 2 [5] bias;
          Conv2d_depthwise_with_multiplier | 1 [8, 1, 3, 3] depthwise OUT_IN 9/18 NONE; 2 [8] bias;
          Conv2d_groups                    | 1 [6, 2, 3, 2] conv OUT_IN 12/18 NONE; 2 [6] bias;
          Conv2d_no_bias                   | 1 [4, 3, 3, 2] conv OUT_IN 18/24 NONE;
          Conv3d_groups                    | 1 [6, 2, 3, 3, 3] conv OUT_IN 54/81 NONE; 2 [6] bias;
          ConvTranspose2d                  | 1 [3, 4, 3, 3] transposed-conv IN_OUT 4.5/36 NONE; 2 [4] bias;
          Linear_no_bias                   | 1 [8, 10] dense OUT_IN 10/8 NONE;
          Embedding                        | 1 [4, 3] embedding;
          """)
  void weightsAreFoundAndTheGraphComputesWhatPyTorchDid(String name, String tensors)
      throws Exception {
    String folder = "onnx-testdata/" + name + "/";
    ModelProto original = ModelProto.parseFrom(ModelFiles.bytes(folder + "model.onnx"));
    Model model = ModelFiles.read(folder + "model.onnx");
    assertThat(table(name)).isEqualTo(tensors);

    TensorProto input = TensorProto.parseFrom(ModelFiles.bytes(folder + "input_0.pb"));
    TensorProto output = TensorProto.parseFrom(ModelFiles.bytes(folder + "output_0.pb"));
    assertThat(OnnxRuntime.dataInputs(model)).hasSize(1);
    Map<String, Value> fed = new HashMap<>(OnnxRuntime.weights(original, model));
    fed.put(OnnxRuntime.dataInputs(model).get(0), Value.of(input));
    OnnxRuntime.Output found = OnnxRuntime.run(model.graph().orElseThrow().onnx(), fed);
    float[] expected = new float[found.values().length];
    Value.of(output).bytes().asFloatBuffer().get(expected);
    assertThat(found.values()).containsExactly(expected, withPrecision(1e-5f));
  }

  /** ONNX Runtime has no implementation of these operators at the operator set of the files. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Linear                           | 1 [8, 10] dense OUT_IN 10/8 NONE; 2 [8] bias;
          BatchNorm2d_eval                 | 1 [3] norm-scale; 2 [3] norm-shift; 3 [3] running-mean; 4 [3] running-variance;
          PReLU_2d_multiparam              | 1 [3] slope;
          """)
  void weightsOfOperatorsThatOnnxRuntimeCannotRunAreFound(String name, String tensors) {
    assertThat(table(name)).isEqualTo(tensors);
  }

  private static String table(String name) {
    return ModelFiles.table(ModelFiles.read("onnx-testdata/" + name + "/model.onnx"))
        .replace("\n", "; ")
        .strip();
  }
}
