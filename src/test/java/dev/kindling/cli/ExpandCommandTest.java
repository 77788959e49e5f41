package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.forward.TensorValue;
import dev.kindling.forward.WholeGraph;
import dev.kindling.model.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Large networks that compute what small ones do, run whole by ONNX Runtime. */
class ExpandCommandTest {
  private static final String MLP =
      """
      name: mlp
      let: {a: 13, b: 7}
      input: {name: x, shape: [9]}
      layers:
        - dense: {name: fc1, out: =a}
        - tanh
        - dense: {name: fc2, out: =b}
        - gelu
        - dense: {name: head, out: 4}
      """;

  /** A stem, two residual blocks that share a stream, a shortcut, batch norms and a flatten. */
  private static final String CNN =
      """
      name: cnn
      let: {stem: 6, inner: 5, wide: 8}
      input: {name: x, shape: [2, 8, 8]}
      layers:
        - conv2d: {name: conv0, out: =stem, kernel: 3, padding: 1, bias: false}
        - batch-norm: {name: bn0}
        - relu
        - residual:
            - conv2d: {name: a.conv1, out: =inner, kernel: 3, padding: 1}
            - batch-norm: {name: a.bn1}
            - relu
            - conv2d: {name: a.conv2, out: =stem, kernel: 3, padding: 1, bias: false}
            - batch-norm: {name: a.bn2}
        - relu
        - residual:
            branch:
              - conv2d: {name: b.conv1, out: =wide, kernel: 3, stride: 2, padding: 1, bias: false}
              - batch-norm: {name: b.bn1}
            shortcut:
              - conv2d: {name: b.down, out: =wide, kernel: 1, stride: 2, bias: false}
        - relu
        - flatten
        - dense: {name: fc, out: 11}
        - relu
        - dense: {name: head, out: 3}
      """;

  private static final String GPT =
      """
      name: gpt
      let: {width: 16, hidden: 64, heads: 2, depth: 2}
      input: {name: tokens, shape: [6], type: i64}
      layers:
        - embedding: {name: wte, rows: 40, width: =width}
        - position-embedding: {name: wpe, rows: 6}
        - repeat:
            name: h
            times: =depth
            layers:
              - residual:
                  - layer-norm: {name: ln_1}
                  - attention: {name: attn, heads: =heads, projections: fused, mask: causal}
              - residual:
                  - layer-norm: {name: ln_2}
                  - mlp: {name: mlp, hidden: =hidden, activation: gelu-tanh}
        - layer-norm: {name: ln_f}
        - dense: {name: lm_head, out: 40, bias: false, weight: wte}
      """;

  private static final String LLAMA =
      """
      name: llama
      let: {width: 16, hidden: 24, heads: 4, kv: 2, depth: 2}
      input: {name: tokens, shape: [6], type: i64}
      layers:
        - embedding: {name: embed_tokens, rows: 40, width: =width}
        - repeat:
            name: layers
            times: =depth
            layers:
              - residual:
                  - rms-norm: {name: input_layernorm}
                  - attention: {name: self_attn, heads: =heads, kv-heads: =kv, mask: causal, positions: rotary, bias: false}
              - residual:
                  - rms-norm: {name: post_attention_layernorm}
                  - gated-mlp: {name: mlp, hidden: =hidden, bias: false}
        - rms-norm: {name: norm}
        - dense: {name: lm_head, out: 40, bias: false}
      """;

  /** Nothing in a trained model is at its start: biases, norms and running statistics neither. */
  private static final String TRAINED =
      """
      init:
        rules:
          - {role: norm-scale, scheme: {uniform: {low: 0.5, high: 1.5}}}
          - {role: running-variance, scheme: {uniform: {low: 0.5, high: 1.5}}}
          - {role: running-mean, scheme: {normal: {std: 0.3}}}
          - {role: norm-shift, scheme: {normal: {std: 0.3}}}
          - {role: bias, scheme: {normal: {std: 0.3}}}
          - {role: embedding, scheme: {normal: {std: 1}}}
          - {match: "*", scheme: {he_normal: {}}}
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "net2net, '{a: 20, b: 19}'",
    "hypercloning, '{a: 39, b: 14}'",
    "fpi, '{a: 14, b: 7}'"
  })
  void perceptron(String method, String sizes) throws IOException {
    small("mlp", MLP);
    Path large = expand("mlp", MLP.replace("{a: 13, b: 7}", sizes), "method: " + method);
    agree(outputs("mlp", floats(9)), outputs(large, floats(9)));
  }

  @ParameterizedTest
  @CsvSource({
    "net2net, '{stem: 9, inner: 8, wide: 13}', 17",
    "hypercloning, '{stem: 12, inner: 10, wide: 16}', 22"
  })
  void convolutions(String method, String sizes, int dense) throws IOException {
    small("cnn", CNN);
    String wide =
        CNN.replace("{stem: 6, inner: 5, wide: 8}", sizes)
            .replace("fc, out: 11", "fc, out: " + dense);
    Path large = expand("cnn", wide, "method: " + method);
    agree(outputs("cnn", floats(2, 8, 8)), outputs(large, floats(2, 8, 8)));
  }

  /** Net2DeeperNet, with a wider net at once. */
  @Test
  void deeperConvolutions() throws IOException {
    small("cnn", CNN);
    String deep =
        CNN.replace("stem: 6", "stem: 8")
            .replace(
                "  - flatten\n",
                "  - conv2d: {name: new.conv, out: =wide, kernel: 3, padding: 1}\n  - batch-norm: {name: new.bn}\n  - relu\n  - flatten\n")
            .replace(
                "  - dense: {name: head",
                "  - dense: {name: new.fc, out: 11}\n  - relu\n  - dense: {name: head");
    Path large = expand("cnn", deep, "method: net2net, identities: ['new.*']");
    agree(outputs("cnn", floats(2, 8, 8)), outputs(large, floats(2, 8, 8)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "method: hypercloning",
        "noise: 10",
        "depth: stack",
        "depth: interleave, noise: 5"
      })
  void decoderWithTiedHead(String how) throws IOException {
    small("gpt", GPT);
    String depth = how.contains("depth") ? "5" : "2";
    String wide =
        GPT.replace(
            "{width: 16, hidden: 64, heads: 2, depth: 2}",
            "{width: 32, hidden: 192, heads: 4, depth: %s}".formatted(depth));
    agree(outputs("gpt", tokens()), outputs(expand("gpt", wide, how), tokens()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"noise: 10", "depth: stack", "method: fpi"})
  void decoderWithGroupedHeadsAndRotaryPositions(String how) throws IOException {
    small("llama", LLAMA);
    String wide =
        LLAMA.replace(
            "{width: 16, hidden: 24, heads: 4, kv: 2, depth: 2}",
            "{width: 48, hidden: 72, heads: 12, kv: 6, depth: %s}"
                .formatted(how.contains("depth") ? 3 : 2));
    agree(outputs("llama", tokens()), outputs(expand("llama", wide, how), tokens()));
  }

  /** Breaks the symmetry and so the function: the weights of the layer behind come in. */
  @Test
  void advancedKnowledgeTakesNewOutputsFromTheLayerBehind() throws IOException {
    small("llama", LLAMA);
    String wide =
        LLAMA.replace(
            "{width: 16, hidden: 24, heads: 4, kv: 2, depth: 2}",
            "{width: 32, hidden: 48, heads: 8, kv: 4, depth: 2}");
    Path large = expand("llama", wide, "method: aki");
    float[] up = values(large, "layers.0.mlp.up_proj.weight");
    float[] own = values(folder.resolve("llama"), "layers.0.mlp.up_proj.weight");
    float[] behind = values(folder.resolve("llama"), "layers.1.mlp.up_proj.weight");
    for (int row = 0; row < 24; row++) {
      for (int column = 0; column < 32; column++) {
        assertThat(up[row * 32 + column]).isEqualTo(own[row * 16 + column % 16] / 2);
        assertThat(up[(24 + row) * 32 + column]).isEqualTo(behind[row * 16 + column % 16] / 2);
      }
    }
  }

  @Test
  void partitionsDoNotMatterAndVerifyHolds() throws IOException {
    small("cnn", CNN);
    String wide = CNN.replace("{stem: 6, inner: 5, wide: 8}", "{stem: 9, inner: 8, wide: 13}");
    List<String> digests = new ArrayList<>();
    for (String bytes : List.of("1MiB", "24KiB", "4KiB")) {
      Path large = expand("cnn", wide, "method: net2net", "--set", "output.shard-bytes=" + bytes);
      digests.add(Cli.digest(large.toString()));
      Cli.run("verify", large.toString(), "--kept-from", path("cnn")).isDone();
    }
    assertThat(digests.stream().distinct()).hasSize(1);
  }

  @Test
  void whatCannotBeExpandedIsRefusedTensorByTensor() throws IOException {
    small("llama", LLAMA);
    String odd =
        LLAMA
            .replace(
                "{width: 16, hidden: 24, heads: 4, kv: 2, depth: 2}",
                "{width: 32, hidden: 60, heads: 8, kv: 4, depth: 3}")
            .replace("rows: 40", "rows: 41");
    Cli.Result result = refused("llama", odd, "method: hypercloning");
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.err().lines())
        .contains(
            "Cannot expand tensor 'embed_tokens.weight' of llama-large.yaml: axis 0 (40 to 41) is one that has to stay: tokens, positions, classes, inputs or what is mixed",
            "Cannot expand tensor 'layers.0.mlp.up_proj.weight' of llama-large.yaml: axis 0 (24 to 60) grows by no whole factor, which hypercloning needs",
            "Cannot expand tensor 'layers.2.input_layernorm.weight' of llama-large.yaml: the small model has no tensor 'layers.2.input_layernorm.weight' (add a rule to init.rules, or set depth or identities of init.expand)");
    small("mlp", MLP);
    assertThat(
            refused("mlp", MLP.replace("tanh", "relu").replace("a: 13", "a: 12"), "method: net2net")
                .err())
        .contains("axis 0 (13 to 12) would shrink");
  }

  @Test
  void planShowsTheMatch() throws IOException {
    small("mlp", MLP);
    config("mlp", MLP.replace("{a: 13, b: 7}", "{a: 20, b: 19}"), "method: net2net, from: mlp");
    assertThat(Cli.run("plan", path("mlp-large.yml"), "--width", "250").isDone().out())
        .contains("init.expand: from fc2.weight: drawn 7 to 19 x drawn 13 to 20", "expanded");
  }

  private void small(String name, String layers) throws IOException {
    text(name + ".yaml", layers);
    text(name + ".yml", "model: %s.yaml\nseed: 5\n%s".formatted(name, TRAINED));
    if (!Files.exists(folder.resolve(name))) {
      Cli.run("init", path(name + ".yml"), "--out", path(name)).isDone();
    }
  }

  private void config(String name, String layers, String how) throws IOException {
    text(name + "-large.yaml", layers);
    text(
        name + "-large.yml",
        "model: %s-large.yaml\nseed: 6\ninit: {expand: {%s}}\n".formatted(name, how));
  }

  private Path expand(String name, String layers, String how, String... more) throws IOException {
    config(name, layers, how);
    Path large = folder.resolve(name + "-large");
    List<String> arguments =
        new ArrayList<>(List.of("expand", path(name), path(name + "-large.yml")));
    arguments.addAll(List.of("--out", large.toString(), "--overwrite"));
    arguments.addAll(List.of(more));
    Cli.run(arguments.toArray(String[]::new)).isDone();
    return large;
  }

  private Cli.Result refused(String name, String layers, String how) throws IOException {
    config(name, layers, how);
    return Cli.run("expand", path(name), path(name + "-large.yml"), "--out", path("never"));
  }

  private float[] outputs(String name, TensorValue input) {
    return outputs(folder.resolve(name), input);
  }

  private float[] outputs(Path checkpoint, TensorValue input) {
    Path target = folder.resolve(checkpoint.getFileName() + "-onnx");
    Cli.run(
            "export",
            checkpoint.toString(),
            "--format",
            "onnx",
            "--model",
            checkpoint + ".yaml",
            "--out",
            target.toString())
        .isDone();
    return WholeGraph.runFile(target.resolve("model.onnx"), input).toFloats();
  }

  private static void agree(float[] small, float[] large) {
    assertThat(large).hasSameSizeAs(small);
    double norm = 0;
    double difference = 0;
    for (int i = 0; i < small.length; i++) {
      norm += (double) small[i] * small[i];
      difference += ((double) small[i] - large[i]) * ((double) small[i] - large[i]);
    }
    assertThat(norm).isGreaterThan(1e-3);
    assertThat(Math.sqrt(difference / norm)).isLessThan(1e-5);
  }

  private static TensorValue floats(long... sample) {
    long count = 5;
    List<Long> dims = new ArrayList<>(List.of(5L));
    for (long dim : sample) {
      dims.add(dim);
      count *= dim;
    }
    Random random = new Random(17);
    float[] values = new float[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return TensorValue.ofFloats(new Shape(dims), values);
  }

  private static TensorValue tokens() {
    return TensorValue.ofLongs(Shape.of(4, 6), new Random(18).longs(24, 0, 40).toArray());
  }

  private float[] values(Path checkpoint, String tensor) throws IOException {
    Path raw = folder.resolve("values.raw");
    Cli.run("slice", checkpoint.toString(), tensor, "--out", raw.toString()).isDone();
    java.nio.FloatBuffer floats =
        java.nio.ByteBuffer.wrap(Files.readAllBytes(raw))
            .order(java.nio.ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    float[] values = new float[floats.remaining()];
    floats.get(values);
    return values;
  }

  private void text(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content, StandardCharsets.UTF_8);
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }
}
