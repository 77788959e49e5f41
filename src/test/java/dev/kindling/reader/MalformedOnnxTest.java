package dev.kindling.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.kindling.base.InputException;
import dev.kindling.model.Model;
import dev.kindling.model.Tensor;
import dev.kindling.reader.file.ModelFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MalformedOnnxTest {
  private static final byte[] WHOLE = ModelFiles.bytes("cnn-torchscript.onnx");

  static IntStream lengths() {
    return IntStream.range(0, 20).map(i -> WHOLE.length * i / 20);
  }

  @ParameterizedTest
  @MethodSource("lengths")
  void truncatedFilesAreRefused(int length) {
    assertThatThrownBy(() -> ModelReader.read(Arrays.copyOf(WHOLE, length), "cut.onnx"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("Cannot read model 'cut.onnx': it ");
  }

  @Test
  void junkIsRefused() {
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      byte[] junk = new byte[random.nextInt(300)];
      random.nextBytes(junk);
      assertThatThrownBy(() -> ModelReader.read(junk, "junk.onnx"))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("junk.onnx");
    }
  }

  /**
   * One byte of a real file changed: it may still be a model, but nothing else than an
   * InputException may come out.
   */
  @Test
  void damagedFilesAreReadOrRefused() {
    Random random = new Random(11);
    for (int i = 0; i < 1500; i++) {
      byte[] damaged = WHOLE.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      try {
        ModelReader.read(damaged, "damaged.onnx");
      } catch (InputException expected) {
        assertThat(expected).hasMessageContaining("damaged.onnx");
      }
    }
  }

  /** A file with a hole has the length and not the bytes, none of which is asked for. */
  @Test
  void filesBeyondProtobufsLimitAreRefusedUnread(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("large.onnx");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength((1L << 31) + 10);
    }
    ModelFolder local =
        path ->
            new ModelFolder.Opened(
                Files.newInputStream(Path.of(path)), OptionalLong.of(Files.size(Path.of(path))));
    assertThatThrownBy(() -> ModelReader.read(local, file.toString()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("it is longer than 2 GiB")
        .hasMessageContaining("found 2147483658 bytes");
  }

  /** A pipe does not say how long it is; this one goes on as long as it is read. */
  @Test
  void streamsBeyondProtobufsLimitAreRefusedWhereTheyPassIt() {
    byte[] field = new byte[1 << 20];
    // ModelProto.producer_name, over and over, so that memory holds the last one only.
    field[0] = 2 << 3 | 2;
    int length = field.length - 4;
    field[1] = (byte) (length | 0x80);
    field[2] = (byte) (length >> 7 | 0x80);
    field[3] = (byte) (length >> 14);
    InputStream endless =
        new InputStream() {
          private long read;

          @Override
          public int read() {
            return field[(int) (read++ % field.length)] & 0xff;
          }

          @Override
          public int read(byte[] target, int offset, int count) {
            int from = (int) (read % field.length);
            int taken = Math.min(count, field.length - from);
            System.arraycopy(field, from, target, offset, taken);
            read += taken;
            return taken;
          }
        };
    ModelFolder pipe = path -> new ModelFolder.Opened(endless, OptionalLong.empty());
    assertThatThrownBy(() -> ModelReader.read(pipe, "endless.onnx"))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "Cannot read model 'endless.onnx': it is longer than 2 GiB, which protobuf cannot hold; save it with external data (found more)");
  }

  /** Protobuf allows 100 messages in each other, three of which are one subgraph in another. */
  @Test
  void subgraphsInSubgraphsAreReadAsFarAsProtobufGoes() {
    Model model = ModelReader.read(nested(20), "nested.onnx");
    assertThat(model.tensors()).extracting(Tensor::name).containsExactly("w");
    assertThatThrownBy(() -> ModelReader.read(nested(60), "nested.onnx"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(
            "Cannot read model 'nested.onnx': it is not an ONNX model, or not a whole one (Protocol message had too many levels of nesting")
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  /** An If in each If, the innermost of which multiplies with a weight of the outermost graph. */
  private static byte[] nested(int depth) {
    NodeProto node =
        NodeProto.newBuilder()
            .setOpType("MatMul")
            .setName("m")
            .addAllInput(List.of("x", "w"))
            .addOutput("y0")
            .build();
    for (int i = 1; i <= depth; i++) {
      String inner = "y" + (i - 1);
      GraphProto branch =
          GraphProto.newBuilder()
              .setName("branch")
              .addNode(node)
              .addOutput(ValueInfoProto.newBuilder().setName(inner))
              .build();
      NodeProto.Builder choice =
          NodeProto.newBuilder().setOpType("If").setName("if" + i).addInput("c").addOutput("y" + i);
      for (String name : List.of("then_branch", "else_branch")) {
        AttributeProto.Builder attribute =
            AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(name.startsWith("then") ? branch : GraphProto.getDefaultInstance());
        choice.addAttribute(attribute);
      }
      node = choice.build();
    }
    return new GraphBuilder()
        .input("x", 2, 4)
        .input("c", 1)
        .weight("w", 4, 4)
        .node(node)
        .output("y" + depth)
        .proto()
        .toByteArray();
  }
}
