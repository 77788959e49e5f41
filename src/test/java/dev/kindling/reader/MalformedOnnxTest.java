package dev.kindling.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.InputException;
import dev.kindling.reader.file.ModelFolder;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
}
