package dev.kindling.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.model.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against Pillow's decoding and PyTorch's antialiased resizing. */
class ImageDecoderTest {
  private static final Path FOLDER = Path.of("src/test/resources/golden/images");

  /** Inverse cosine transforms may differ by one step, before a smoothing filter. */
  private static final double JPEG_TOLERANCE = 1.01;

  static Stream<String> answers() throws IOException {
    return Files.lines(FOLDER.resolve("expected.txt")).filter(line -> !line.startsWith("#"));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void equalsPillowAndTorch(String answer) throws IOException {
    String[] words = answer.split(" ");
    long[] dims = Arrays.stream(words, 1, 4).mapToLong(Long::parseLong).toArray();
    double[] expected =
        Arrays.stream(words, 4, words.length).mapToDouble(Double::parseDouble).toArray();
    byte[] encoded = Files.readAllBytes(FOLDER.resolve(words[0]));
    double[] planes = new ImageDecoder(PixelLayout.NCHW, Shape.of(dims)).decode(encoded);
    double tolerance = words[0].endsWith(".jpg") ? JPEG_TOLERANCE : 1e-5;
    assertThat(planes).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(planes[i]).as("%s at %d", words[0], i).isCloseTo(expected[i], within(tolerance));
    }
    int channels = (int) dims[0];
    double[] pixels =
        new ImageDecoder(PixelLayout.NHWC, Shape.of(dims[1], dims[2], channels)).decode(encoded);
    for (int i = 0; i < pixels.length; i++) {
      int plane = i % channels * (pixels.length / channels);
      assertThat(pixels[i]).isEqualTo(planes[plane + i / channels]);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rgb.png", "palette.gif", "smooth.jpg", "grey.jpg", "rgb.bmp"})
  void anImageThatEndsEarlyIsRefused(String name) throws IOException {
    byte[] whole = Files.readAllBytes(FOLDER.resolve(name));
    byte[] half = Arrays.copyOf(whole, whole.length - 60);
    assertThatThrownBy(() -> decode(half))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the image cannot be decoded: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "hello, world", "%PDF-1.4 and so on"})
  void otherFilesAreRefused(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> decode(bytes))
        .hasMessage(
            "%d bytes are no image of a known format (expected PNG, JPEG, GIF, BMP or TIFF)"
                .formatted(bytes.length));
  }

  /** A file of 57 bytes that would fill 40 GB. */
  @ParameterizedTest
  @CsvSource({"100000, 100000", "65535, 65535", "1, 1000000", "16384, 4097"})
  void aSizeThatNobodyHasMemoryForIsRefused(int width, int height) {
    assertThatThrownBy(() -> decode(png(width, height)))
        .hasMessage(
            "the image says to be of %d x %d pixels (expected at most 67108864 in all, and 65535 a side)"
                .formatted(width, height));
  }

  @Test
  void shapesAreChecked() {
    assertThatThrownBy(() -> new ImageDecoder(PixelLayout.NCHW, Shape.of(4, 8, 8)))
        .hasMessage(
            "images have a wrong shape (expected [channels, height, width] with 1 or 3 channels, found [4, 8, 8])");
    assertThatThrownBy(() -> new ImageDecoder(PixelLayout.NHWC, Shape.of(3, 8, 8)))
        .hasMessageContaining("expected [height, width, channels]");
    assertThatThrownBy(() -> new ImageDecoder(PixelLayout.NCHW, Shape.of(64)))
        .hasMessageContaining("found [64]");
    assertThatThrownBy(() -> new ImageDecoder(PixelLayout.NCHW, Shape.of(3, 0, 8)))
        .hasMessageContaining("found [3, 0, 8]");
  }

  private static double[] decode(byte[] encoded) {
    return new ImageDecoder(PixelLayout.NCHW, Shape.of(3, 8, 8)).decode(encoded);
  }

  /** Returns the start of a grey PNG file of a size, with the header's checksum. */
  private static byte[] png(int width, int height) {
    ByteBuffer header = ByteBuffer.allocate(17);
    header.put("IHDR".getBytes(StandardCharsets.US_ASCII)).putInt(width).putInt(height);
    header.put(new byte[] {8, 0, 0, 0, 0});
    CRC32 crc = new CRC32();
    crc.update(header.array());
    ByteBuffer file = ByteBuffer.allocate(57).putLong(0x89504e470d0a1a0aL).putInt(13);
    file.put(header.array()).putInt((int) crc.getValue());
    return file.putInt(0).put("IDAT".getBytes(StandardCharsets.US_ASCII)).array();
  }
}
