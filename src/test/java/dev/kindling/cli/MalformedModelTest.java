package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.kindling.reader.GraphBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each malformed model ends with exit code 3 and one line that names it. */
class MalformedModelTest {
  @TempDir private Path folder;

  @Test
  void truncated() throws IOException {
    byte[] whole = dense().proto().toByteArray();
    assertRefused(Arrays.copyOf(whole, whole.length / 2), "not a whole one");
  }

  @Test
  void anotherMessage() throws IOException {
    assertRefused("no protobuf at all".getBytes(StandardCharsets.UTF_8), "it is not an ONNX model");
  }

  @Test
  void aCycle() throws IOException {
    GraphBuilder graph =
        dense().node("Add", "y loop2", "loop1").node("Add", "y loop1", "loop2").output("loop2");
    assertRefused(graph.proto().toByteArray(), "the graph has a cycle");
  }

  @Test
  void aNameDefinedTwice() throws IOException {
    assertRefused(dense().weight("w", 4, 4).proto().toByteArray(), "two initialisers of this name");
  }

  @Test
  void aValueThatNothingDefines() throws IOException {
    assertRefused(dense().node("Relu", "ghost", "z").proto().toByteArray(), "input 'ghost'");
  }

  /** A mask is kept, so that its values are needed. */
  @Test
  void neededExternalDataThatIsMissing() throws IOException {
    TensorProto.Builder mask =
        GraphBuilder.zeros("mask", 4)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(
                StringStringEntryProto.newBuilder().setKey("location").setValue("gone.data"));
    GraphBuilder graph = dense().initialiser(mask).node("Mul", "y mask", "z").output("z");
    assertRefused(graph.proto().toByteArray(), "gone.data', which is not there");
  }

  /** The file has a hole, so that it has the length only. */
  @Test
  void longerThanProtobufCanHold() throws IOException {
    Path file = folder.resolve("m.onnx");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength((1L << 31) + 10);
    }
    assertRefused("longer than 2 GiB");
  }

  private static GraphBuilder dense() {
    return new GraphBuilder()
        .input("x", -1, 4)
        .weight("w", 4, 4)
        .node("MatMul", "x w", "y")
        .output("y");
  }

  private void assertRefused(byte[] model, String reason) throws IOException {
    Files.write(folder.resolve("m.onnx"), model);
    assertRefused(reason);
  }

  private void assertRefused(String reason) throws IOException {
    Path configuration = Files.writeString(folder.resolve("c.yaml"), "model: m.onnx");
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Main.run(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            "plan",
            configuration.toString());
    assertThat(err.toString()).contains("m.onnx").contains(reason);
    assertThat(err.toString().strip().lines()).hasSize(1);
    assertThat(out.toString()).isEmpty();
    assertThat(code).isEqualTo(3);
  }
}
