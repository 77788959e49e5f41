package dev.kindling.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class TensorDigestTest {
  @Test
  void equalsThePublishedCheckValues() {
    byte[] text = "123456789".getBytes(StandardCharsets.US_ASCII);
    // The "check" column of Greg Cook's catalogue of CRC algorithms.
    assertThat(TensorDigest.of(text, 0, 9)).hasToString("cbf43926/e3069283");
  }

  @Test
  void combinesAcrossAnySplit() {
    SplittableRandom random = new SplittableRandom(1);
    for (int round = 0; round < 500; round++) {
      byte[] bytes = new byte[random.nextInt(5000)];
      random.nextBytes(bytes);
      int split = random.nextInt(bytes.length + 1);
      TensorDigest first = TensorDigest.of(bytes, 0, split);
      TensorDigest second = TensorDigest.of(bytes, split, bytes.length - split);
      assertThat(first.combine(second, bytes.length - split))
          .isEqualTo(TensorDigest.of(bytes, 0, bytes.length));
    }
  }

  @Test
  void combinesLengthsThatNoArrayHas() {
    TensorDigest zero = TensorDigest.of(new byte[1], 0, 1);
    TensorDigest zeros = zero;
    long length = 1;
    while (length < 1L << 32) {
      zeros = zeros.combine(zeros, length);
      length *= 2;
    }
    assertThat(zeros.crc32()).isEqualTo(crc32OfZeros(1L << 32));
  }

  @Test
  void isThatOfTheLittleEndianBytes() {
    assertThat(Sample.digest(new float[] {1, -2}))
        .isEqualTo(
            TensorDigest.of(new byte[] {0, 0, (byte) 0x80, 0x3F, 0, 0, 0, (byte) 0xC0}, 0, 8));
    assertThat(Sample.digest(new float[0])).isEqualTo(TensorDigest.EMPTY);
  }

  private static int crc32OfZeros(long length) {
    CRC32 crc = new CRC32();
    byte[] zeros = new byte[1 << 20];
    for (long done = 0; done < length; done += zeros.length) {
      crc.update(zeros);
    }
    return (int) crc.getValue();
  }
}
