package dev.kindling.reader.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.kindling.base.InputException;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.reader.ModelFiles;
import dev.kindling.reader.ModelReader;
import dev.kindling.reader.OnnxRuntime;
import dev.kindling.reader.OnnxRuntime.Value;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LayerYamlReaderTest {
  private static Model digits() {
    return ModelReader.read(ModelFiles.shipped("digits-cnn.yaml"), "conf/models/digits-cnn.yaml");
  }

  private static Model read(String text) {
    return ModelReader.read(text.getBytes(StandardCharsets.UTF_8), "m.yaml");
  }

  private static Model layers(String shape, String layers) {
    return read("input: {shape: %s}\nlayers: %s\n".formatted(shape, layers));
  }

  @Test
  void shippedModelHasTheNamesAndShapesOfPyTorch() {
    Model model = digits();
    assertThat(model.name()).isEqualTo("digits-cnn.yaml");
    assertThat(ModelFiles.table(model))
        .isEqualTo(
            """
            conv1.weight [16, 1, 3, 3] conv OUT_IN 9/144 RELU
            conv1.bias [16] bias
            conv2.weight [32, 16, 3, 3] conv OUT_IN 144/288 RELU
            conv2.bias [32] bias
            block.conv1.weight [32, 32, 3, 3] conv OUT_IN 288/288 RELU
            block.conv1.bias [32] bias
            block.conv2.weight [32, 32, 3, 3] conv OUT_IN 288/288 NONE
            block.conv2.bias [32] bias
            fc1.weight [112, 512] dense OUT_IN 512/112 RELU
            fc1.bias [112] bias
            fc2.weight [10, 112] dense OUT_IN 112/10 NONE
            fc2.bias [10] bias
            """);
    assertThat(ModelFiles.layers(model))
        .isEqualTo(
            """
            conv1 conv1 conv1.weight conv1.bias
            conv2 conv2 conv2.weight conv2.bias
            block.conv1 block.conv1 block.conv1.weight block.conv1.bias
            block.conv2 block.conv2 block.conv2.weight block.conv2.bias
            fc1 fc1 fc1.weight fc1.bias
            fc2 fc2 fc2.weight fc2.bias
            """);
    assertThat(model.tensors().stream().map(Tensor::shape).mapToLong(Shape::elementCount).sum())
        .isBetween(50_000L, 100_000L);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7})
  void shippedModelRunsForAnyBatch(int batch) throws Exception {
    OnnxRuntime.Output output = run(digits(), batch);
    assertThat(output.shape()).containsExactly(batch, 10);
    assertThat(output.values()).doesNotContain(Float.NaN);
  }

  /**
   * ONNX Runtime infers shapes by itself: the inferred output shape is the one that it computes.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [3, 9, 7]    | [conv2d: {out: 4, kernel: [3, 2], stride: [2, 1], padding: [1, 0]}]
          [3, 9, 7]    | [conv2d: {out: 4, kernel: 3, stride: 2, padding: same, dilation: 2}]
          [3, 9, 7]    | [conv2d: {out: 4, kernel: 4, stride: 3, padding: same, bias: false}]
          [4, 9, 7]    | [conv2d: {out: 8, kernel: 3, groups: 4, dilation: [1, 2]}]
          [4, 10]      | [conv1d: {out: 6, kernel: 3, padding: 1}, batch-norm, tanh, max-pool: {kernel: [2]}]
          [2, 5, 6, 7] | [conv3d: {out: 3, kernel: 3, padding: same}, sigmoid, avg-pool: {kernel: [2, 2, 2], stride: 1}]
          [4, 5, 6]    | [conv2d-transposed: {out: 2, kernel: 3, stride: 2, padding: 1, output-padding: 1}]
          [4, 5, 6]    | [conv2d-transposed: {out: 6, kernel: [2, 3], stride: [2, 3], groups: 2, dilation: 2, bias: false}]
          [4, 7]       | [conv1d-transposed: {out: 2, kernel: 4, stride: 2}]
          [4, 8, 8]    | [max-pool: {kernel: 3, stride: 2, padding: 1}, avg-pool: {kernel: 2, padding: same}]
          [4, 8, 8]    | [avg-pool: {kernel: 3, stride: 2, padding: same}, global-avg-pool, dense: {out: 3}, softmax]
          [12]         | [dense: {out: 5}, batch-norm: {name: bn, epsilon: 0.001}, relu, dropout: 0.3, dense: {out: 2, bias: false}]
          [5, 12]      | [dense: {out: 7}, layer-norm, tanh, dense: {out: 3, bias: false}, softmax]
          [4, 6, 6]    | [residual: {branch: [conv2d: {out: 8, kernel: 3, stride: 2, padding: 1}, relu], shortcut: [conv2d: {out: 8, kernel: 1, stride: 2}]}, flatten]
          [4, 6, 6]    | [residual: [residual: [relu], tanh]]
          [4, 6, 6]    | [residual: {branch: [relu, scale, scale: channel], skip-scale: 1.5}, prelu, prelu: channel, shift, flatten]
          [6]          | [identity, lecun-tanh, leaky-relu: 0.2, elu, selu, gelu, gelu-tanh, silu, mish, hard-swish, softplus, softsign]
          [4, 9, 7]    | [conv2d-depthwise: {kernel: 3, multiplier: 2, padding: 1}, conv2d: {out: 5, kernel: 1}]
          [4, 9]       | [conv1d-depthwise: {kernel: 3, stride: 2, bias: false}]
          [5, 12]      | [rms-norm, mlp: {hidden: 7}, gated-mlp: {hidden: 9, bias: false}, layer-norm]
          [5, 12]      | [attention: {heads: 3}, attention: {heads: 4, kv-heads: 2, bias: false, mask: causal}]
          [5, 12]      | [attention: {heads: 3, projections: fused, positions: rotary}, attention: {heads: 6, kv-heads: 1, projections: fused, head-width: 4}]
          [5, 12]      | [lstm: {units: 3}, gru: {units: 4, direction: bidirectional}, rnn: {units: 2, activation: relu, output: last}]
          [5, 12]      | [lstm: {units: 3, direction: bidirectional, output: last}]
          [5, 12]      | [position-embedding: 8, relu: {name: a}, dense: {out: 3}, concat: {with: a, axis: 1}, from: a, add: [a, input]]
          [5, 12]      | [dense: {out: 7, name: a}, from: input, attention: {heads: 3, memory: a}, repeat: {times: 2, layers: [dense: {out: 12}]}]
          """)
  void inferredShapesAreThoseThatOnnxRuntimeComputes(String shape, String layers) throws Exception {
    Model model = layers(shape, layers);
    List<Long> declared =
        model
            .graph()
            .orElseThrow()
            .onnx()
            .getGraph()
            .getOutput(0)
            .getType()
            .getTensorType()
            .getShape()
            .getDimList()
            .stream()
            .skip(1)
            .map(Dimension::getDimValue)
            .toList();
    OnnxRuntime.Output output = run(model, 2);
    assertThat(output.shape()[0]).isEqualTo(2);
    assertThat(Arrays.stream(output.shape()).skip(1).boxed().toList()).isEqualTo(declared);
  }

  @ParameterizedTest
  @CsvSource({
    "mlp.yaml, 10",
    "digits-cnn.yaml, 10",
    "resnet18.yaml, 1000",
    "gpt2-small.yaml, 1024x50257",
    "llama.yaml, 2048x32000",
    "recurrent.yaml, 10",
    "translator.yaml, 128x32000"
  })
  void onnxRuntimeAcceptsTheShippedModelsAndInfersTheirOutput(String name, String shape)
      throws Exception {
    Model model = ModelReader.read(ModelFiles.shipped(name), name);
    assertThat(model.graph().orElseThrow().onnx().getSerializedSize()).isLessThan(1 << 20);
    assertThat(OnnxRuntime.outputShape(model.graph().orElseThrow().onnx()))
        .isEqualTo("-1x" + shape);
  }

  /** The same files with smaller numbers, run with every tensor filled. */
  @ParameterizedTest
  @CsvSource({
    "gpt2-small.yaml, '{vocabulary: 50, context: 9, width: 12, depth: 2, heads: 3}', 2x9x50",
    "llama.yaml, '{vocabulary: 50, context: 9, width: 16, depth: 2, heads: 4, kv_heads: 2, hidden: 20}', 2x9x50",
    "recurrent.yaml, '{vocabulary: 50, width: 6, units: 5}', 2x10",
    "translator.yaml, '{vocabulary: 50, width: 12, hidden: 16, depth: 2, heads: 3}', 2x128x50"
  })
  void shippedModelsRun(String name, String let, String shape) throws Exception {
    String text = new String(ModelFiles.shipped(name), StandardCharsets.UTF_8);
    OnnxRuntime.Output output = run(read(text.replaceFirst("let: \\{.*\\}", "let: " + let)), 2);
    assertThat(output.shape())
        .isEqualTo(Arrays.stream(shape.split("x")).mapToLong(Long::parseLong).toArray());
    assertThat(output.values()).doesNotContain(Float.NaN);
  }

  @Test
  void layersInsideRepetitionsAreNamedByTheirTurn() {
    Model model =
        layers(
            "[4]",
            "[repeat: {name: h, times: 2, layers: [dense: {out: 4}, dense: {name: b.c, out: 4},"
                + " repeat: {times: 1, layers: [dense: {out: 4, name: d}]}]}]");
    assertThat(model.graph().orElseThrow().layers())
        .extracting("name")
        .containsExactly("h.0.dense1", "h.0.b.c", "h.0.0.d", "h.1.dense1", "h.1.b.c", "h.1.0.d");
  }

  @Test
  void constantsOfTheCompilerAreNoTensorsOfTheModel() {
    Model model =
        layers(
            "[5, 8]",
            "[residual: {branch: [attention: {heads: 2, mask: causal, positions: rotary}], skip-scale: 2}, lecun-tanh]");
    assertThat(model.tensors())
        .extracting(Tensor::name)
        .containsExactlyInAnyOrder(
            "attention1.q_proj.weight",
            "attention1.q_proj.bias",
            "attention1.k_proj.weight",
            "attention1.k_proj.bias",
            "attention1.v_proj.weight",
            "attention1.v_proj.bias",
            "attention1.out_proj.weight",
            "attention1.out_proj.bias");
  }

  /** Changing a later token leaves what a causal model puts out for earlier ones. */
  @Test
  void causalAttentionDoesNotSeeWhatComesLater() throws Exception {
    Model model =
        layers("[6, 8]", "[attention: {heads: 2, kv-heads: 1, mask: causal, positions: rotary}]");
    Value ones = Value.floats(6 * 8, 1, 6, 8);
    Value changed = new Value(ones.bytes().duplicate(), ones.type(), ones.shape());
    java.nio.ByteBuffer copy =
        java.nio.ByteBuffer.allocate(ones.bytes().remaining())
            .order(java.nio.ByteOrder.LITTLE_ENDIAN)
            .put(ones.bytes().duplicate())
            .flip();
    for (int i = 4 * 8; i < 6 * 8; i++) {
      copy.putFloat(4 * i, -3);
    }
    changed = new Value(copy, ones.type(), ones.shape());
    float[] first = run(model, 1, Map.of("input", ones)).values();
    float[] second = run(model, 1, Map.of("input", changed)).values();
    assertThat(Arrays.copyOf(second, 4 * 8)).isEqualTo(Arrays.copyOf(first, 4 * 8));
    assertThat(second).isNotEqualTo(first);
  }

  @Test
  void denseOnSequencesIsAMatMulThatIsFoundBehindItsTranspose() {
    assertThat(ModelFiles.table(layers("[5, 12]", "[dense: {name: fc, out: 7}, relu]")))
        .isEqualTo("fc.weight [7, 12] dense OUT_IN 12/7 RELU\nfc.bias [7] bias\n");
  }

  @Test
  void namesThatAreLeftOutAreTypeAndRunningNumber() {
    Model model =
        layers(
            "[4, 8, 8]",
            "[conv2d: {out: 2, kernel: 1}, conv2d: {name: conv2, out: 2, kernel: 1}, conv2d: {out: 2, kernel: 1}]");
    assertThat(model.graph().orElseThrow().layers())
        .extracting("name")
        .containsExactly("conv1", "conv2", "conv3");
  }

  @Test
  void allProblemsAreReportedAtOnce() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    nam: wrong
                    input: {shape: [1, 0, 8]}
                    layers:
                      - conv2d: {name: a, out: many, kernal: 3}
                      - rellu
                      - dense: {name: a, out: 10, bias: perhaps}
                      - {relu: , tanh: }
                      - dropout: 2
                      - residual: []
                      - conv2d: {name: b, out: 3, kernel: [1, 2, 3]}
                    """))
        .isInstanceOfSatisfying(
            InputException.class,
            e ->
                assertThat(e.problems())
                    .containsExactly(
                        "Cannot read the model in m.yaml at line 1: unknown key 'nam', did you mean 'name'?",
                        "Cannot read the input in m.yaml at line 2: key 'shape' has a wrong value (expected a positive"
                            + " integer, found 0)",
                        "Cannot read layer 'a' in m.yaml at line 6: line 4 has the same name",
                        "Cannot read layer 'a' in m.yaml at line 4: unknown key 'kernal', did you mean 'kernel'?",
                        "Cannot read layer 'a' in m.yaml at line 4: key 'out' has a wrong value (expected a positive"
                            + " integer, found 'many')",
                        "Cannot read layer 'a' in m.yaml at line 4: key 'kernel' is missing (expected a positive"
                            + " integer or 2 of them)",
                        "Cannot read a layer in m.yaml at line 5: unknown layer 'rellu', did you mean 'relu'?",
                        "Cannot read layer 'a' in m.yaml at line 6: key 'bias' has a wrong value (expected true or"
                            + " false, found 'perhaps')",
                        "Cannot read a layer in m.yaml at line 7: expected a word or a map with one key, found a map"
                            + " with the keys relu, tanh",
                        "Cannot read layer 'dropout1' in m.yaml at line 8: key 'fraction' has a wrong value (expected"
                            + " a number between 0 and 1, found 2)",
                        "Cannot read 'branch' in m.yaml at line 9: it is no list of layers (expected such as [relu,"
                            + " {dense: {out: 10}}], found [])",
                        "Cannot read layer 'b' in m.yaml at line 10: key 'kernel' has the wrong number of axes"
                            + " (expected 2, found 3)"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [1, 8, 8] | [dense: {name: fc, out: 3}] | layer 'fc' in m.yaml at line 2: it needs [features] or [time, features] (found [1, 8, 8]): put flatten or global-avg-pool before it
          [64]      | [conv2d: {name: c, out: 3, kernel: 3}] | layer 'c' in m.yaml at line 2: it needs [channels, height, width] (found [64])
          [1, 2, 2] | [conv2d: {name: c, out: 3, kernel: 3}] | layer 'c' in m.yaml at line 2: its kernel does not fit into the input of shape [1, 2, 2]
          [3, 8, 8] | [conv2d: {name: c, out: 4, kernel: 3, groups: 2}] | layer 'c' in m.yaml at line 2: 2 groups do not divide its 3 input and 4 output channels
          [3, 8, 8] | [residual: {name: r, branch: [conv2d: {out: 4, kernel: 1}]}] | layer 'r' in m.yaml at line 2: its branch and its shortcut differ in shape (branch [4, 8, 8], shortcut [3, 8, 8], which is the input as it is)
          [3, 8, 8] | [residual: {name: r, branch: [flatten], shortcut: [global-avg-pool]}] | layer 'r' in m.yaml at line 2: its branch and its shortcut differ in shape (branch [192], shortcut [3])
          [3, 8, 8] | [max-pool: {name: p, kernel: 2, padding: 2}] | layer 'p' in m.yaml at line 2: padding [2, 2] is more than half of the kernel [2, 2]
          [8]       | [global-avg-pool: {name: g}] | layer 'g' in m.yaml at line 2: it needs [channels, axis...] (found [8])
          [8]       | [dense: 3] | layer 'dense' in m.yaml at line 2: its settings are no map (expected keys of bias, name, out, weight, found 3)
          [8]       | relu | 'layers' in m.yaml at line 2: it is no list of layers (expected such as [relu, {dense: {out: 10}}], found 'relu')
          [8]       | [dense: {name: d, out: 3, weight: e}] | layer 'd' in m.yaml at line 2: it cannot share 'e.weight' (expected shape [3, 8], found no such)
          [8]       | [from: {name: f, layer: inputt}] | layer 'f' in m.yaml at line 2: unknown earlier layer 'inputt', did you mean 'input'?
          [8]       | [attention: {name: a, heads: 2}] | layer 'a' in m.yaml at line 2: it needs [time, features] (found [8])
          [5, 8]    | [attention: {name: a, heads: 3}] | layer 'a' in m.yaml at line 2: 3 heads do not divide its width of 8
          [5, 8]    | [attention: {name: a, heads: 4, kv-heads: 3}] | layer 'a' in m.yaml at line 2: 3 heads of keys and values do not divide its 4 heads
          [5, 8]    | [attention: {name: a, heads: 4, mask: casual}] | layer 'a' in m.yaml at line 2: unknown mask 'casual', did you mean 'causal'?
          [5, 8]    | [embedding: {name: e, rows: 3, width: 4}] | layer 'e' in m.yaml at line 2: it needs token ids; give the input the type i64 (found f32)
          [5, 8]    | [position-embedding: {name: p, rows: 3}] | layer 'p' in m.yaml at line 2: it has 3 rows for 5 positions
          [8]       | [relu: {name: r}, dense: {out: 3}, add: {name: s, with: r}] | layer 's' in m.yaml at line 2: 'r' has another shape (expected [3], found [8])
          [8]       | [dense: {name: d, out: =3 * n}] | '=3 * n' in m.yaml at line 2: unknown name 'n' (expected one of )
          [8]       | [dense: {name: d, out: =7 / 2}] | '=7 / 2' in m.yaml at line 2: it is no product or exact quotient of numbers and names (expected such as =4 * width / heads)
          [8]       | [repeat: {name: a b, times: 2, layers: [relu]}] | a repetition's name in m.yaml at line 2: it is no word (expected such as h, found 'a b')
          [8]       | [relu: {name: 3}] | a layer's name in m.yaml at line 2: it is no word (expected such as conv1, found 3)
          [8]       | [relu: {name: a b}] | layer 'a b' in m.yaml at line 2: its name has other characters than letters, digits, '_', '-' and '.', or begins with one of the latter
          """)
  void whatDoesNotFitIsOneLine(String shape, String layers, String message) {
    assertThatThrownBy(() -> layers(shape, layers))
        .isInstanceOf(InputException.class)
        .hasMessage("Cannot read " + message);
  }

  @Test
  void textThatIsNoModelIsRefused() {
    assertRefused("", "Cannot read model 'm.yaml': it is empty");
    assertRefused(
        "[1, 2]", "Cannot read model 'm.yaml': it is no map with the keys name, input and layers");
    assertRefused(
        "name: a\nname: b\n",
        "Cannot read key 'name' in m.yaml: line 2 has it for the second time");
    assertRefused(
        "input: &x {shape: [1]}\nlayers: *x\n",
        "Cannot read model 'm.yaml' at line 2: aliases are not supported: write *x out");
    assertRefused("a: [1, 2\nb: 3\n", "Cannot read model 'm.yaml' at line 2: ");
    assertRefused(
        "--- \na: 1\n---\nb: 2\n",
        "Cannot read model 'm.yaml' at line 4: there is something behind its end");
    assertRefused("[".repeat(5000), "Cannot read model 'm.yaml'");
    assertThatThrownBy(() -> read("name: x"))
        .hasMessageContaining("key 'input' is missing")
        .hasMessageContaining("key 'layers' is missing");
  }

  private static void assertRefused(String text, String message) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(message);
  }

  /** Runs a model with every tensor filled by a fixed wave. */
  private static OnnxRuntime.Output run(Model model, int batch) throws Exception {
    return run(model, batch, Map.of());
  }

  private static OnnxRuntime.Output run(Model model, int batch, Map<String, Value> given)
      throws Exception {
    ModelProto proto = model.graph().orElseThrow().onnx();
    Map<String, Value> fed = new HashMap<>();
    for (ValueInfoProto input : proto.getGraph().getInputList()) {
      long[] dims =
          input.getType().getTensorType().getShape().getDimList().stream()
              .mapToLong(dim -> dim.hasDimParam() ? batch : dim.getDimValue())
              .toArray();
      int count = (int) Arrays.stream(dims).reduce(1, (a, b) -> a * b);
      boolean ids = input.getType().getTensorType().getElemType() == DataType.INT64_VALUE;
      fed.put(input.getName(), ids ? Value.longs(count, 50, dims) : Value.floats(count, dims));
    }
    fed.putAll(given);
    return OnnxRuntime.run(proto, fed);
  }
}
