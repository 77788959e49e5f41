package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.kindling.reader.GraphBuilder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files of somebody who wishes us ill: each is refused with one line and the exit code of bad
 * input, and nothing outside of the paths that the user gave is read or written.
 */
class UntrustedInputTest {
  private static final String NORMAL = "{\"normal\": {\"mean\": 0, \"std\": 1}}";

  @TempDir Path folder;

  private record Refusal(int code, String line) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model: &m a.onnx\nseed: *m\n",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nmodel: *c\n",
        "base: &b {seed: 1}\nmodel: a.onnx\n<<: *b\n"
      })
  void configurationsHaveNoAliases(String yaml) throws IOException {
    assertThat(configured(yaml).line()).contains("aliases are not supported: write *");
  }

  @ParameterizedTest
  @ValueSource(ints = {1_001, 200_000})
  void deepConfigurationsAreRefused(int depth) throws IOException {
    String flow = "model: " + "[".repeat(depth) + "]".repeat(depth);
    assertThat(configured(flow).line()).contains("not valid YAML (").hasSizeLessThan(1000);
    assertThat(configured("model: " + "{a: ".repeat(depth)).line()).contains("not valid YAML (");
  }

  /** A tag names a class to other parsers of YAML; here it is decoration. */
  @Test
  void tagsOfYamlMakeNoObjects() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      server.setSoTimeout(1);
      String loader =
          "!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[!!java.net.URL ['http://127.0.0.1:%d/']]]]"
              .formatted(server.getLocalPort());
      assertThat(configured("model: " + loader).line()).contains(" at model: ");
      boolean called = true;
      try {
        server.accept().close();
      } catch (SocketTimeoutException e) {
        called = false;
      }
      assertThat(called).isFalse();
    }
  }

  @Test
  void longValuesMakeNoLongMessages() throws IOException {
    String word = "x".repeat(1_000_000);
    assertThat(configured("model: a\nseed: " + word).line()).hasSizeLessThan(500);
    assertThat(configured("model: a\n" + word + ": 1").line()).hasSizeLessThan(500);
    assertThat(configured("model: a\ninit: {default: " + word + "}").line()).hasSizeLessThan(600);
  }

  @Test
  void messagesAndTablesCarryNoCommandsToTheTerminal() throws IOException {
    Files.writeString(folder.resolve("m.json"), "{\"a\\u001b]0;title\\u0007.weight\": [2, 2]}");
    StringWriter out = new StringWriter();
    Path configuration = Files.writeString(folder.resolve("c.yaml"), "model: m.json");
    run(out, new StringWriter(), "plan", configuration.toString());
    assertThat(out.toString()).contains("a?]0;title?.weight").doesNotContain("\u001b", "\u0007");
    assertThat(configured("model: 'a\\u001b'\n\"k\\e[2J\\n\\nline\": 1").line())
        .contains("unknown key 'k?[2J line'");
  }

  /** Values kept from /etc/passwd, from a metadata service, from the folder above. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:/etc/passwd",
        "/etc/passwd",
        "http://127.0.0.1:1/latest/meta-data",
        "hdfs://127.0.0.1:1/m.onnx",
        "FOLDER/../m.onnx",
        "FOLDER/a/../../b/m.onnx",
        "FOLDERS/m.onnx",
        "../m.onnx"
      })
  void recipesLeadToNoOtherFiles(String path) throws IOException {
    Path recipe = recipe(kept(path.replace("FOLDER", folder.toString())));
    for (String[] command :
        new String[][] {
          {"slice", recipe.toString(), "t"},
          {"materialise", recipe.toString(), "--out", folder.resolve("out").toString()}
        }) {
      Refusal refusal = refused(command);
      assertThat(refusal.line())
          .startsWith("Cannot read the kept tensor 't' in ")
          .contains("the file is outside of the recipe's folder ", "give --kept-from ");
      assertThat(refusal.code()).isEqualTo(3);
    }
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void recipesMayLeadToFilesThatTheUserNames() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    Path recipe = Files.createDirectory(folder.resolve("r")).resolve("r.json");
    Files.writeString(recipe, kept(other.resolve("m.onnx").toString()));
    String[] slice = {"slice", recipe.toString(), "t", "--kept-from", other.toString()};
    assertThat(refused(slice).line()).contains("m.onnx does not exist");
    Files.writeString(recipe, kept(recipe.resolveSibling("m.onnx").toString()));
    assertThat(refused("slice", recipe.toString(), "t").line()).contains("m.onnx does not exist");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[4611686018427387904]         | more than 1000000 files",
        "[2147483648, 2147483648]      | more than 1000000 files",
        "[9223372036854775807, 3]      | has more than 2^63 - 1 elements",
        "[123456789012345678901234567] | expected a whole number",
        "[1e300]                       | expected a whole number",
        "[-1]                          | dimension is negative"
      })
  void hugeShapesAreRefused(String shape, String reason) throws IOException {
    String rows = shape.split("[\\[,\\]]")[1];
    Path recipe =
        recipe(drawn("t", shape, "\"rows\": [0, %s], \"scheme\": %s".formatted(rows, NORMAL)));
    Refusal refusal =
        refused("materialise", recipe.toString(), "--out", folder.resolve("out").toString());
    assertThat(refusal.line()).contains(reason);
    assertThat(refusal.code()).isIn(2, 3);
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(ints = {1_001, 1_000_000})
  void deepJsonIsRefused(int depth) throws IOException {
    String deep = "[".repeat(depth);
    for (String json : List.of(deep, "{\"recipe\": " + deep, "{\"tensors\": " + deep)) {
      assertThat(refused("slice", recipe(json).toString(), "t"))
          .satisfies(
              it -> assertThat(it.line()).startsWith("Cannot read ").hasSizeLessThan(500),
              it -> assertThat(it.code()).isEqualTo(3));
    }
    Files.writeString(folder.resolve("m.json"), "{\"a\": " + deep);
    assertThat(planned("m.json").line()).contains("nested too deeply");
  }

  /** What Jackson's polymorphic types, and others', would take for a class. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "[\"java.net.URL\", \"http://127.0.0.1:1/\"]",
        "{\"@class\": \"javax.script.ScriptEngineManager\"}",
        "{\"@type\": \"com.sun.rowset.JdbcRowSetImpl\", \"dataSourceName\": \"ldap://127.0.0.1:1/x\"}",
        "{\"java.lang.Runtime\": {}}"
      })
  void jsonNamesNoClasses(String scheme) throws IOException {
    Path recipe = recipe(drawn("t", "[1]", "\"rows\": [0, 1], \"scheme\": " + scheme));
    Refusal refusal = refused("slice", recipe.toString(), "t");
    assertThat(refusal.line()).startsWith("Cannot read ").contains("tensors[0].blocks[0].scheme");
    assertThat(refusal.code()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../t", "/tmp/t", "a/b", "file:t", ".hidden", "..", "a\\u0000b"})
  void namesOfTensorsAreNoPaths(String name) throws IOException {
    Path recipe = recipe(drawn(name, "[2]", "\"rows\": [0, 2], \"scheme\": " + NORMAL));
    Path out = folder.resolve("out");
    Path npy = folder.resolve("npy/below");
    if (!name.contains("u0000")) {
      assertThat(Cli.run("materialise", recipe.toString(), "--out", out.toString()).code())
          .isZero();
      Refusal refusal =
          refused("export", out.toString(), "--format", "npy", "--out", npy.toString());
      assertThat(refusal.line()).contains("its name is no file name");
      assertThat(refusal.code()).isEqualTo(2);
      assertThat(Checkpoint.files(out)).allMatch(it -> it.matches("|data.*|manifest.json"));
    } else {
      assertThat(refused("materialise", recipe.toString(), "--out", out.toString()).line())
          .contains("its name holds a control character");
    }
    assertThat(npy.getParent()).doesNotExist();
  }

  @Test
  void shardsOfAnIndexAreBesideIt() throws IOException {
    Files.writeString(folder.resolve("m.json"), "{\"weight_map\": {\"x\": \"../m.safetensors\"}}");
    assertThat(planned("m.json").line()).contains("its shard is no file beside the index");
  }

  /** A header of 100 MB that is not there is not waited for in an array of 100 MB. */
  @ParameterizedTest
  @ValueSource(longs = {100_000_000, 100_000_001, Long.MAX_VALUE, -1})
  void headersOfSafetensorsThatAreNotThere(long size) throws IOException {
    byte[] file = ByteBuffer.allocate(10).putLong(Long.reverseBytes(size)).array();
    Files.write(folder.resolve("m.safetensors"), file);
    assertThat(planned("m.safetensors").line()).startsWith("Cannot read model ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../secret", "/etc/passwd", "a/../../secret", "http://127.0.0.1:1/x"})
  void valuesOfGraphsAreBesideThem(String location) throws IOException {
    GraphBuilder graph = dense().initialiser(external("mask", location)).node("Mul", "y mask", "z");
    Files.write(folder.resolve("m.onnx"), graph.output("z").proto().toByteArray());
    assertThat(planned("m.onnx").line()).contains("outside the model's folder");
  }

  /** A node's own tensors go to ONNX Runtime as they are. */
  @Test
  void nodesHaveNoValuesInOtherFiles() throws IOException {
    NodeProto.Builder constant =
        NodeProto.newBuilder()
            .setOpType("Constant")
            .setName("c")
            .addOutput("mask")
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("value")
                    .setType(AttributeProto.AttributeType.TENSOR)
                    .setT(external("", "pom.xml")));
    GraphBuilder graph = dense().node(constant.build()).node("Mul", "y mask", "z").output("z");
    Files.write(folder.resolve("m.onnx"), graph.proto().toByteArray());
    Files.writeString(folder.resolve("d.csv"), "a,b,c,d\n" + "1,2,3,4\n2,3,4,1\n".repeat(40));
    Path configuration =
        Files.writeString(
            folder.resolve("c.yaml"),
            "model: m.onnx\nlsuv:\n  data: {format: csv, path: d.csv, features: [a, b, c, d]}\n  batch: 8\n  micro-batch: 4\n");
    Refusal refusal =
        refused("lsuv", configuration.toString(), "--out", folder.resolve("out").toString());
    assertThat(refusal.line()).contains("node 'c' has values in another file");
    assertThat(refusal.code()).isEqualTo(3);
  }

  /** Protobuf stops at 100 levels, before the stack does. */
  @ParameterizedTest
  @ValueSource(ints = {200, 20_000})
  void deepProtobufIsRefused(int depth) throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    for (int i = 0; i < depth; i++) {
      // ModelProto.graph = 7, GraphProto.node = 1, NodeProto.attribute = 5, AttributeProto.g = 6.
      int field = i == 0 ? 7 : new int[] {1, 5, 6}[(i - 1) % 3];
      message.write(field << 3 | 2);
      // A length beyond the end: what is inside is read before that is noticed.
      message.writeBytes(new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, 0x3f});
    }
    Files.write(folder.resolve("m.onnx"), message.toByteArray());
    assertThat(planned("m.onnx").line()).contains("it is not an ONNX model, or not a whole one");
  }

  @Test
  void imagesThatWouldFillTheMemoryAreRefused() throws IOException {
    Path images = Files.createDirectory(folder.resolve("images"));
    ByteArrayOutputStream small = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", small);
    byte[] bomb = small.toByteArray();
    ByteBuffer.wrap(bomb).putInt(16, 60_000).putInt(20, 60_000);
    CRC32 crc = new CRC32();
    crc.update(bomb, 12, 17);
    ByteBuffer.wrap(bomb).putInt(29, (int) crc.getValue());
    Files.write(images.resolve("bomb.png"), bomb);
    Files.copy(Path.of("conf/models/digits-cnn.yaml"), folder.resolve("model.yaml"));
    Path configuration =
        Files.writeString(
            folder.resolve("c.yaml"),
            "model: model.yaml\nlsuv:\n  data: {format: image, path: images, shape: [1, 8, 8]}\n  batch: 1\n  micro-batch: 1\n");
    Refusal refusal =
        refused("lsuv", configuration.toString(), "--out", folder.resolve("out").toString());
    assertThat(refusal.line())
        .contains("bomb.png", "the image says to be of 60000 x 60000 pixels (expected at most");
    assertThat(refusal.code()).isEqualTo(3);
    assertThat(folder.resolve("out")).doesNotExist();
  }

  private Refusal configured(String yaml) throws IOException {
    Refusal refusal = refused("plan", Files.writeString(folder.resolve("c.yaml"), yaml).toString());
    assertThat(refusal.code()).isEqualTo(2);
    return refusal;
  }

  private Refusal planned(String model) throws IOException {
    Path configuration = Files.writeString(folder.resolve("c.yaml"), "model: " + model);
    Refusal refusal = refused("plan", configuration.toString());
    assertThat(refusal.code()).isEqualTo(3);
    return refusal;
  }

  private Path recipe(String json) throws IOException {
    return Files.writeString(folder.resolve("r.json"), json);
  }

  private static String kept(String path) {
    return tensor(
        "t",
        "[1]",
        "\"external\": {\"path\": \"%s\", \"tensor\": \"t\", \"crc32c\": \"00000000\"}"
            .formatted(path));
  }

  private static String drawn(String name, String shape, String block) {
    String blocks = "\"blocks\": [{%s, \"fans\": [1, 1], \"scale\": 1, \"shift\": 0}]";
    return tensor(name, shape, blocks.formatted(block));
  }

  private static String tensor(String name, String shape, String source) {
    return "{\"format-version\": 1, \"seed\": 1, \"tensors\": [{\"name\": \"%s\", \"shape\": %s, \"type\": \"f32\", \"role\": \"dense\", \"layout\": \"out-in\", \"rule\": \"x\", %s}]}"
        .formatted(name, shape, source);
  }

  private static GraphBuilder dense() {
    return new GraphBuilder().input("x", -1, 4).weight("w", 4, 4).node("MatMul", "x w", "y");
  }

  private static TensorProto.Builder external(String name, String location) {
    return GraphBuilder.zeros(name, 4)
        .clearRawData()
        .clearFloatData()
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(StringStringEntryProto.newBuilder().setKey("location").setValue(location));
  }

  /** Runs a command that must be refused, and returns the one line of it. */
  private static Refusal refused(String... command) {
    StringWriter err = new StringWriter();
    int code = run(new StringWriter(), err, command);
    List<String> lines = err.toString().lines().filter(line -> !line.startsWith("Note: ")).toList();
    assertThat(lines).hasSize(1);
    return new Refusal(code, lines.get(0));
  }

  private static int run(StringWriter out, StringWriter err, String... command) {
    if (List.of("lsuv", "materialise").contains(command[0])) {
      Cli.Result result = Cli.run(command);
      out.write(result.out());
      err.write(result.err());
      return result.code();
    }
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), command);
  }
}
