package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What Python's libraries make of checkpoints, exports and recipes: {@code mvn test -P peers}, with
 * {@code PYTHON} set to a Python that has them.
 */
@Tag("peers")
class PeersTest {
  private static final Path SCRIPTS = Path.of("src/test/python");
  private static final Path DOCS = Path.of("docs");
  private static final Path DIGITS = Path.of("conf/models/digits-cnn.yaml");

  @TempDir static Path folder;

  private static final String ELEMENTWISE =
      """
      model: elements.json
      seed: -3
      init:
        rules:
          - {match: "he.*", scheme: he_normal}
          - {match: "un.*", scheme: {uniform: {low: -0.3, high: 0.7}}}
          - {match: "gl.*", scheme: glorot_uniform}
          - {match: "no.*", scheme: {normal: {mean: 1.5, std: 0.3}}}
          - {match: "vs.*", scheme: {variance_scaling: {scale: 1.3, mode: fan_avg, distribution: uniform}}}
          - {match: "c.*", scheme: {constant: {value: 0.1}}}
      output: {shard-bytes: 1MiB}
      """;

  private static Path elements;

  @BeforeAll
  static void write() throws IOException {
    write(
        "elements.json",
        "{\"he.weight\": [1000, 1001], \"un.weight\": [300, 77], \"gl.weight\": [128, 3, 5, 5],"
            + " \"no.weight\": [37, 1001], \"vs.weight\": [99, 98], \"c.weight\": [7, 7], \"a.bias\": [11]}");
    elements = init("elements", ELEMENTWISE);
  }

  /** The recipe is not locked into the JVM: NumPy draws the same bits. */
  @Test
  void numPyDrawsTheSameBits() throws IOException {
    for (String tensor :
        List.of("he.weight", "un.weight", "gl.weight", "no.weight", "vs.weight", "c.weight")) {
      assertThat(
              python(
                  DOCS.resolve("regenerate.py"),
                  elements.resolve("manifest.json").toString(),
                  tensor,
                  elements.toString()))
          .contains("equals the checkpoint bit for bit");
    }
  }

  /** Wide, square and tall, of several panels: reflections one after the other in float64. */
  @Test
  void numPyMakesTheSameOrthogonalMatrices() throws IOException {
    write(
        "matrices.json",
        "{\"wide.weight\": [150, 700], \"square.weight\": [331, 331], \"tall.weight\": [900, 210]}");
    Path checkpoint =
        init("matrices", "model: matrices.json\ninit: {default: {orthogonal: {gain: 1.5}}}\n");
    Path arrays = folder.resolve("matrices-npy");
    Cli.run("export", checkpoint.toString(), "--format", "npy", "--out", arrays.toString())
        .isDone();
    assertThat(
            python(
                SCRIPTS.resolve("orthogonal.py"),
                checkpoint.resolve("manifest.json").toString(),
                arrays.toString()))
        .contains("wide.weight: 150 x 700 equals NumPy's within")
        .contains("square.weight: 331 x 331 equals NumPy's within")
        .contains("tall.weight: 900 x 210 equals NumPy's within");
  }

  @Test
  void otherReadersReadTheSameBytes() throws IOException {
    assertThat(python(SCRIPTS.resolve("other_readers.py"), elements.toString()))
        .contains("pyarrow reads the same bytes of 7 tensors")
        .contains("duckdb reads the same bytes of 7 tensors")
        .contains("polars reads the same bytes of 7 tensors");
    assertThat(python(DOCS.resolve("read_checkpoint.py"), elements.toString()))
        .contains("digest right");
  }

  /** NumPy decomposes the products that the weights make, into these weights. */
  @Test
  void numPyFindsTheSameSingularVectors() throws IOException {
    write(
        "attention.json",
        "{\"h.0.attn.q_proj.weight\": [192, 192], \"h.0.attn.k_proj.weight\": [192, 192],"
            + " \"h.0.attn.v_proj.weight\": [192, 192], \"h.0.attn.o_proj.weight\": [192, 192]}");
    Path checkpoint =
        init(
            "attention",
            "model: attention.json\ninit: {preset: {mimetic: {heads: 3}}}\noutput: {dtype: f64}\n");
    assertThat(python(SCRIPTS.resolve("mimetic.py"), checkpoint.toString(), "3"))
        .contains("192 singular vectors of values and output agree")
        .contains("192 singular vectors of 3 heads agree");
  }

  /** Those that do not know an encoding are not asked: what each reads stands in the format. */
  @ParameterizedTest
  @CsvSource({
    "f32-zstd, 'codec: zstd'",
    "f64, 'dtype: f64'",
    "f16, 'dtype: f16'",
    "bf16-zstd, 'dtype: bf16, codec: zstd'",
    "split, 'encoding: byte-stream-split'",
    "split-zstd, 'encoding: byte-stream-split, codec: zstd'",
    "f64-split, 'dtype: f64, encoding: byte-stream-split, codec: zstd'"
  })
  void otherReadersReadEveryEncoding(String name, String output) throws IOException {
    Path out = init(name, ELEMENTWISE.replace("shard-bytes: 1MiB", "shard-bytes: 1MiB, " + output));
    assertThat(python(SCRIPTS.resolve("other_readers.py"), out.toString()))
        .contains("pyarrow reads the same bytes of 7 tensors")
        .contains("duckdb reads the same bytes of 7 tensors")
        .contains("polars reads the same bytes of 7 tensors");
  }

  @Test
  void theLinesOfTheReadmeRun() throws IOException {
    init("out/digits", "model: %s\n".formatted(DIGITS.toAbsolutePath()));
    assertThat(
            python(
                SCRIPTS.resolve("readme_lines.py"),
                Path.of("README.md").toAbsolutePath().toString(),
                "pyarrow",
                "duckdb",
                "polars"))
        .contains("pyarrow: 1 tensors have")
        .contains("duckdb: 12 tensors have")
        .contains("polars: 1 tensors have")
        .contains("SQL: 12 tensors have");
  }

  /** From shapes and graphs over {@code init} and {@code export} into the models themselves. */
  @Test
  void realModelsTakeTheirWeights() throws IOException {
    python(SCRIPTS.resolve("peer_models.py"), "make", folder.toString());
    safetensors("gpt2", "model: gpt2.json\ninit: {preset: gpt2}\n");
    safetensors(
        "llama",
        "model: llama.json\ninit: {rules: [{match: '*.weight', role: dense, scheme: {normal: {std: 0.02}}}]}\n");
    for (String name : List.of("convolutions", "tied")) {
      String model = name + ".onnx";
      Path checkpoint = safetensors(name, "model: %s\nseed: 6\n".formatted(model));
      export(checkpoint, "onnx", name + "-onnx", "--model", folder.resolve(model).toString());
    }
    assertThat(python(SCRIPTS.resolve("peer_models.py"), "load", folder.toString()))
        .contains("gpt2: from_pretrained finds every key")
        .contains("llama: from_pretrained finds every key")
        .contains("convolutions: 13 tensors load with strict=True, and the exported graph gives")
        .contains("tied: 6 tensors load with strict=True, and the exported graph gives");
  }

  @ParameterizedTest
  @CsvSource({
    "safetensors, f32, torch.float32",
    "safetensors, f16, torch.float16",
    "safetensors, bf16, torch.bfloat16",
    "npy, f32, torch.float32",
    "npy, f16, torch.float16"
  })
  void exportsHoldTheRoundedValues(String format, String dtype, String type) throws IOException {
    String name = format + "-" + dtype;
    String[] options =
        format.equals("npy")
            ? new String[] {"--dtype", dtype}
            : new String[] {"--dtype", dtype, "--shard-bytes", "200KiB"};
    Path target = export(elements, format, name, options);
    assertThat(python(SCRIPTS.resolve("read_export.py"), elements.toString(), target.toString()))
        .contains("7 tensors of %s are equal and load strictly as %s\n".formatted(name, type));
  }

  private static Path safetensors(String name, String config) throws IOException {
    Path checkpoint = init(name, config);
    export(checkpoint, "safetensors", name + "-export");
    return checkpoint;
  }

  private static Path export(Path checkpoint, String format, String name, String... options) {
    Path target = folder.resolve(name);
    List<String> arguments = new ArrayList<>(List.of("export", checkpoint.toString()));
    arguments.addAll(List.of("--format", format, "--out", target.toString()));
    arguments.addAll(List.of(options));
    Cli.run(arguments.toArray(String[]::new)).isDone();
    return target;
  }

  private static Path init(String name, String config) throws IOException {
    write(name + ".yaml", config);
    Path out = folder.resolve(name);
    Cli.run("init", folder.resolve(name + ".yaml").toString(), "--out", out.toString()).isDone();
    return out;
  }

  private static void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text, StandardCharsets.UTF_8);
  }

  private static String python(Path script, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Optional.ofNullable(System.getenv("PYTHON")).orElse("python3"));
    command.add(script.toAbsolutePath().toString());
    command.addAll(List.of(arguments));
    Path output = folder.resolve("python.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      int code = process.waitFor();
      String text = Files.readString(output);
      assertThat(code).as(text).isZero();
      System.out.print(text);
      return text;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
