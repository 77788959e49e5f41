package dev.kindling.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.InputException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdxReaderTest {
  /** Two records of 1 x 2 bytes. */
  private static final String FILE = "00000803 00000002 00000001 00000002 07ff 0001";

  @Test
  void readsRecordsPlainAndZipped() throws IOException {
    for (byte[] file : new byte[][] {bytes(FILE), zipped(bytes(FILE))}) {
      IdxReader reader = reader(file);
      assertThat(reader.records()).isEqualTo(2);
      assertThat(reader.recordBytes()).isEqualTo(2);
      assertThat(reader.next()).containsExactly(7, 255);
      assertThat(reader.hasNext()).isTrue();
      assertThat(reader.next()).containsExactly(0, 1);
      assertThat(reader.hasNext()).isFalse();
    }
  }

  @Test
  void labelsAreRecordsOfOneByte() {
    IdxReader reader = reader(bytes("00000801 00000003 09 02 00"));
    assertThat(reader.records()).isEqualTo(3);
    assertThat(reader.next()).containsExactly(9);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                    | it ends within its header",
        "00000803 00000002                     | it ends within its header",
        "6c6f7265 6d206970                     | it is no IDX file (its first bytes are 6c6f7265)",
        "00000800                              | it is no IDX file (its first bytes are 00000800)",
        "00000d01 00000001 3f800000            | its elements have the wrong type (expected 08, unsigned bytes, found 0d)",
        "00000802 00000001 ffffffff            | its axis 1 is too long",
        "00000803 00000001 00010000 00010000   | its records are too large (expected at most 268435456 bytes)",
        "1f8b0800                              | it ends within its header"
      })
  void badHeadersAreRefused(String file, String reason) {
    assertThatThrownBy(() -> reader(bytes(file)))
        .isInstanceOf(InputException.class)
        .hasMessage("Cannot read data in 'x-images-idx3-ubyte': " + reason);
  }

  @Test
  void aFileThatEndsEarlyIsRefused() throws IOException {
    byte[] file = bytes(FILE);
    IdxReader plain = reader(Arrays.copyOf(file, file.length - 1));
    plain.next();
    assertThatThrownBy(plain::next)
        .hasMessage("Cannot read data in 'x-images-idx3-ubyte': it ends within record 1 of 2");
    byte[] zipped = zipped(file);
    assertThatThrownBy(() -> readAll(Arrays.copyOf(zipped, zipped.length - 12)))
        .isInstanceOf(InputException.class);
  }

  private static void readAll(byte[] file) {
    reader(file).forEachRemaining(record -> assertThat(record).hasSize(2));
  }

  private static IdxReader reader(byte[] file) {
    return new IdxReader(new ByteArrayInputStream(file), "x-images-idx3-ubyte");
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  private static byte[] zipped(byte[] file) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream stream = new GZIPOutputStream(zipped)) {
      stream.write(file);
    }
    return zipped.toByteArray();
  }
}
