package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that are kept from another checkpoint, whatever its format. */
class KeptSourcesTest {
  private static final String WEIGHT = "encoder.a.weight";

  @TempDir static Path folder;
  private static Path source;

  @BeforeAll
  static void write() throws IOException {
    text(
        "source.json",
        "{\"encoder.a.weight\": [60, 500], \"encoder.a.bias\": [60], \"head.weight\": [3, 60]}");
    text(
        "source.yaml",
        "model: source.json\nseed: 3\ninit: {rules: [{match: '*', scheme: {normal: {std: 1}}}]}");
    text(
        "model.json",
        "{\"backbone.a.weight\": [60, 500], \"backbone.a.bias\": [60], \"head.weight\": [10, 60]}");
    source = folder.resolve("source");
    Cli.run("init", path("source.yaml"), "--out", source.toString()).isDone();
    Cli.run("export", source.toString(), "--format", "safetensors", "--out", path("hf")).isDone();
    split();
    onnx("inline.onnx", false);
    onnx("outside.onnx", true);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "source",
        "hf",
        "hf/model.safetensors",
        "split/all.json",
        "inline.onnx",
        "outside.onnx"
      })
  void keepsEveryByteOfEveryFormat(String from) throws IOException {
    Path out = folder.resolve("out-" + from.replace('/', '-'));
    config("keep.yaml", from, "");
    Cli.run("init", path("keep.yaml"), "--out", out.toString()).isDone();

    assertThat(bytes(out, "backbone.a.weight")).isEqualTo(bytes(source, WEIGHT));
    assertThat(bytes(out, "backbone.a.bias")).isEqualTo(bytes(source, "encoder.a.bias"));
    assertThat(bytes(out, "head.weight")).hasSize(600 * Float.BYTES);
    Cli.run("verify", out.toString(), "--kept-from", folder.toString()).isDone();
    Path recipe = folder.resolve("recipe.json");
    Cli.run("plan", path("keep.yaml"), "--json", recipe.toString()).isDone();
    assertThat(Files.readString(recipe))
        .contains("\"kept\"", digest(source, WEIGHT), digest(source, "encoder.a.bias"));
  }

  /** One, two and more files: as many tasks, each of which reads its rows only. */
  @Test
  void partitionsDoNotMatter() throws IOException {
    config("keep.yaml", "hf", "");
    List<String> digests = new ArrayList<>();
    for (String size : List.of("1MiB", "64KiB", "16KiB")) {
      Path out = folder.resolve("parts" + size);
      Cli.run(
              "init",
              path("keep.yaml"),
              "--out",
              out.toString(),
              "--set",
              "output.shard-bytes=" + size)
          .isDone();
      digests.add(Cli.digest(out.toString()));
    }
    try (var files =
        Files.list(folder.resolve("parts16KiB/data").toFile().listFiles()[0].toPath())) {
      assertThat(files.filter(file -> file.toString().endsWith(".parquet")).count()).isEqualTo(8);
    }
    assertThat(digests.stream().distinct()).hasSize(1);
  }

  @Test
  void listsAllThatDoesNotFit() throws IOException {
    text(
        "other.json",
        "{\"backbone.a.weight\": [60, 400], \"backbone.b.weight\": [60, 60], \"head.weight\": [10, 60]}");
    config("misfit.yaml", "source", "");
    Cli.run(
            "init",
            path("misfit.yaml"),
            "--set",
            "model=" + path("other.json"),
            "--out",
            path("none"))
        .isRefused(
            3,
            "Cannot keep tensor 'backbone.a.weight' from '%s': its shape there is another (expected [60, 400], found [60, 500])"
                .formatted(source),
            "Cannot keep tensor 'backbone.b.weight' from '%s': it has no tensor 'encoder.b.weight'"
                .formatted(source),
            "Cannot keep 'encoder.a.bias' of '%s': other.json has no tensor for it (expected one, a narrower init.rules[0].match, or unexpected: ignore)"
                .formatted(source));
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void planNamesTheSource() throws IOException {
    config("keep.yaml", "hf", "");
    assertThat(Cli.run("plan", path("keep.yaml"), "--width", "200").isDone().out())
        .contains("encoder.a.weight of model.safetensors", "kept");
  }

  @Test
  void verificationNeedsTheSource() throws IOException {
    Path copy = folder.resolve("copy.safetensors");
    Files.copy(folder.resolve("hf/model.safetensors"), copy);
    config("copy.yaml", "copy.safetensors", "");
    Path out = folder.resolve("of-copy");
    Cli.run("init", path("copy.yaml"), "--out", out.toString()).isDone();

    byte[] content = Files.readAllBytes(copy);
    content[content.length - 1] ^= 1;
    content[content.length - 180 * Float.BYTES - 1] ^= 1;
    Files.write(copy, content);
    Cli.Result outside = Cli.run("verify", out.toString());
    assertThat(outside.code()).isEqualTo(3);
    assertThat(outside.err())
        .contains("is outside of the recipe's folder", "give --kept-from file:" + copy);
    Cli.Result changed = verifyWith(copy, out);
    assertThat(changed.code()).isEqualTo(3);
    assertThat(changed.err().lines().filter(line -> line.startsWith("Cannot")))
        .singleElement()
        .asString()
        .startsWith(
            "Cannot verify the values of checkpoint '%s', whose recipe needs another"
                .formatted(out))
        .contains("copy.safetensors: its values have changed (expected digest");

    Files.delete(copy);
    Cli.Result gone = verifyWith(copy, out);
    assertThat(gone.code()).isEqualTo(3);
    assertThat(gone.err()).contains("there is no such file or folder");
    Cli.run("verify", out.toString(), "--bytes").isDone();
  }

  private static Cli.Result verifyWith(Path source, Path checkpoint) {
    return Cli.run("verify", checkpoint.toString(), "--kept-from", source.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cut | its length does not fit its header",
        "huge | it is no safetensors file (expected a header of 2 to 100000000 bytes",
        "beyond | its header is cut off",
        "overlap | its data overlap those before it",
        "words | not JSON",
        "outside | its values are outside the model's folder",
        "shards | its shard is no file beside the index",
        "nothing | there is no such file or folder"
      })
  void refusesBadSourcesInOneLine(String kind, String reason) throws IOException {
    config("bad.yaml", bad(kind), "");
    Cli.Result result = Cli.run("init", path("bad.yaml"), "--out", path("never"));
    assertThat(result.code()).as(result.err()).isEqualTo(3);
    assertThat(result.err().lines().filter(line -> line.startsWith("Cannot")))
        .singleElement()
        .asString()
        .contains(reason.equals("not JSON") ? "Cannot read" : reason);
    assertThat(folder.resolve("never")).doesNotExist();
  }

  private static String bad(String kind) throws IOException {
    String name = kind + ".safetensors";
    byte[] whole = Files.readAllBytes(folder.resolve("hf/model.safetensors"));
    switch (kind) {
      case "cut" ->
          Files.write(folder.resolve(name), java.util.Arrays.copyOf(whole, whole.length - 9));
      case "huge" -> safetensors(name, Long.MAX_VALUE, "{}", 0);
      case "beyond" -> safetensors(name, 10_000, "{}", 0);
      case "words" -> safetensors(name, 5, "{\"a\":", 0);
      case "overlap" ->
          safetensors(
              name,
              -1,
              "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
              12);
      case "outside" -> {
        name = "leaving.onnx";
        Files.write(
            folder.resolve(name), model(initialiser(true, "../values.bin", 0)).toByteArray());
      }
      case "shards" -> {
        name = "leaving.json";
        text(name, "{\"weight_map\": {\"a\": \"../b.safetensors\"}}");
      }
      default -> {}
    }
    return name;
  }

  private static void safetensors(String name, long length, String header, int data)
      throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + text.length + data).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(length < 0 ? text.length : length).put(text);
    Files.write(folder.resolve(name), file.array());
  }

  /** The same tensors in two shards and an index. */
  private static void split() throws IOException {
    Files.createDirectories(folder.resolve("split"));
    safetensors("split/one.safetensors", WEIGHT, 60, 500);
    safetensors("split/two.safetensors", "encoder.a.bias", 60, 1);
    text(
        "split/all.json",
        "{\"weight_map\": {\"encoder.a.weight\": \"one.safetensors\", \"encoder.a.bias\": \"two.safetensors\"}}");
  }

  private static void safetensors(String name, String tensor, int rows, int columns)
      throws IOException {
    byte[] values = bytes(source, tensor);
    String header =
        "{\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[0,%d]}}"
            .formatted(
                tensor,
                columns == 1 ? "[" + rows + "]" : "[" + rows + "," + columns + "]",
                values.length);
    safetensors(name, -1, header, values.length);
    try (var file =
        java.nio.channels.FileChannel.open(
            folder.resolve(name), java.nio.file.StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(values), 8 + header.length());
    }
  }

  private static void onnx(String name, boolean elsewhere) throws IOException {
    if (elsewhere) {
      byte[] values = bytes(source, WEIGHT);
      byte[] shifted = new byte[values.length + 16];
      System.arraycopy(values, 0, shifted, 16, values.length);
      Files.write(folder.resolve("values.bin"), shifted);
    }
    Files.write(
        folder.resolve(name), model(initialiser(elsewhere, "values.bin", 16)).toByteArray());
  }

  private static TensorProto initialiser(boolean elsewhere, String file, long offset)
      throws IOException {
    TensorProto.Builder weight =
        TensorProto.newBuilder().setName(WEIGHT).setDataType(1).addDims(60).addDims(500);
    return elsewhere
        ? weight
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(StringStringEntryProto.newBuilder().setKey("location").setValue(file))
            .addExternalData(
                StringStringEntryProto.newBuilder()
                    .setKey("offset")
                    .setValue(Long.toString(offset)))
            .build()
        : weight.setRawData(ByteString.copyFrom(bytes(source, WEIGHT))).build();
  }

  private static ModelProto model(TensorProto weight) throws IOException {
    TensorProto bias =
        TensorProto.newBuilder()
            .setName("encoder.a.bias")
            .setDataType(1)
            .addDims(60)
            .setRawData(ByteString.copyFrom(bytes(source, "encoder.a.bias")))
            .build();
    NodeProto.Builder gemm =
        NodeProto.newBuilder()
            .setOpType("Gemm")
            .addInput("x")
            .addInput(WEIGHT)
            .addInput("encoder.a.bias")
            .addOutput("y")
            .addAttribute(
                ai.onnx.proto.OnnxMl.AttributeProto.newBuilder()
                    .setName("transB")
                    .setI(1)
                    .setType(ai.onnx.proto.OnnxMl.AttributeProto.AttributeType.INT));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(
            GraphProto.newBuilder()
                .setName("g")
                .addNode(gemm)
                .addInitializer(weight)
                .addInitializer(bias)
                .addInput(value("x", 500))
                .addOutput(value("y", 60)))
        .build();
  }

  private static ValueInfoProto value(String name, long width) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("n"));
    shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(width));
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1).setShape(shape)))
        .build();
  }

  private static byte[] bytes(Path checkpoint, String tensor) throws IOException {
    Path raw = folder.resolve("values.raw");
    Cli.run("slice", checkpoint.toString(), tensor, "--out", raw.toString()).isDone();
    return Files.readAllBytes(raw);
  }

  private static String digest(Path checkpoint, String tensor) throws IOException {
    return dev.kindling.checkpoint.Checkpoint.open(checkpoint.toString())
        .tensor(tensor)
        .digest()
        .toString();
  }

  private static void config(String name, String from, String more) throws IOException {
    text(
        name,
        "model: model.json\nseed: 1\ninit: {rules: [{match: 'backbone.*', scheme: {keep: {from: '%s', name: 'encoder.*'%s}}}]}\n"
            .formatted(from, more));
  }

  private static void text(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content, StandardCharsets.UTF_8);
  }

  private static String path(String name) {
    return folder.resolve(name).toString();
  }
}
