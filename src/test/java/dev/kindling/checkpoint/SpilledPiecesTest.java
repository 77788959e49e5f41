package dev.kindling.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.ResourceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpilledPiecesTest {
  private static final String NAME = "0123456789abcdef-1-0-9000x512-f32-factor-0";

  @TempDir Path parent;
  private Path folder;
  private SpilledPieces pieces;

  @BeforeEach
  void open() throws IOException {
    folder = parent.resolve("pieces");
    pieces = attempt("application_1-7");
  }

  @Test
  void givesBackWhatItKept() {
    assertThat(pieces.load(NAME)).isEmpty();
    assertThat(folder).doesNotExist();
    ByteBuffer bytes = ByteBuffer.wrap(content(1000), 10, 900);
    pieces.save(NAME, bytes);
    assertThat(pieces.load(NAME)).hasValue(ByteBuffer.wrap(content(1000), 10, 900));
    assertThat(bytes.remaining()).isEqualTo(900);
    assertThat(folder.toFile().list()).containsExactly(NAME);
  }

  @Test
  void whatIsNotWholeIsAsGoodAsNone() throws IOException {
    pieces.save(NAME, ByteBuffer.wrap(content(100)));
    byte[] whole = Files.readAllBytes(folder.resolve(NAME));
    for (int bit = 0; bit < whole.length * Byte.SIZE; bit++) {
      byte[] damaged = whole.clone();
      damaged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      Files.write(folder.resolve(NAME), damaged);
      assertThat(pieces.load(NAME)).as("bit %d", bit).isEmpty();
    }
    for (int length = 0; length < whole.length; length++) {
      Files.write(folder.resolve(NAME), Arrays.copyOf(whole, length));
      assertThat(pieces.load(NAME)).as("%d bytes", length).isEmpty();
    }
    Files.write(folder.resolve("another"), whole);
    assertThat(pieces.load("another")).isEmpty();
    Files.write(folder.resolve(NAME), whole);
    assertThat(pieces.load(NAME)).hasValue(ByteBuffer.wrap(content(100)));
  }

  @Test
  void attemptsDoNotDisturbEachOther() throws IOException {
    SpilledPieces other = attempt("application_1-8");
    pieces.save(NAME, ByteBuffer.wrap(content(100)));
    other.save(NAME, ByteBuffer.wrap(content(100)));
    assertThat(pieces.load(NAME)).isEqualTo(other.load(NAME)).isPresent();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void aFailureIsOneLine() throws IOException {
    Files.writeString(folder, "a file where the folder should be");
    assertThatThrownBy(() -> pieces.save(NAME, ByteBuffer.wrap(content(10))))
        .isInstanceOf(ResourceException.class)
        .hasMessageStartingWith("Cannot write 'file:%s/%s': ".formatted(folder, NAME));
    assertThat(pieces.load(NAME)).isEmpty();
  }

  private SpilledPieces attempt(String writer) throws IOException {
    return new SpilledPieces(
        FileSystem.getLocal(new Configuration(false)),
        new org.apache.hadoop.fs.Path(folder.toUri()),
        writer);
  }

  private static byte[] content(int length) {
    byte[] content = new byte[length];
    for (int i = 0; i < length; i++) {
      content[i] = (byte) (i * 31);
    }
    return content;
  }
}
