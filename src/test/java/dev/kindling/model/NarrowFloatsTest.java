package dev.kindling.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Exhaustive: every value, and every border between two neighbours. */
class NarrowFloatsTest {
  private static final int[] ENDS = {0, 1, 0x0FFF, 0x1000, 0x1001, 0x1FFF};

  @Test
  void float16RoundsToNearestEven() {
    check(
        0x7C00,
        code -> NarrowFloats.ofF16((short) code),
        value -> NarrowFloats.toF16(value) & 0xFFFF,
        65_520f);
  }

  @Test
  void bfloat16RoundsToNearestEven() {
    float overflow = Float.intBitsToFloat(0x7F7F8000);
    check(
        0x7F80,
        code -> NarrowFloats.ofBf16((short) code),
        value -> NarrowFloats.toBf16(value) & 0xFFFF,
        overflow);
  }

  private static void check(
      int infinity, IntFunction<Float> widen, ToIntFunction<Float> narrow, float overflow) {
    for (int code = 0; code < infinity; code++) {
      float value = widen.apply(code);
      assertThat(narrow.applyAsInt(value)).isEqualTo(code);
      assertThat(narrow.applyAsInt(-value)).isEqualTo(code | 0x8000);
      if (code + 1 < infinity) {
        float next = widen.apply(code + 1);
        // Exact in float32, which has more bits than both.
        float middle = (float) (((double) value + next) / 2);
        int even = code + (code & 1);
        assertThat(narrow.applyAsInt(middle)).as("middle above %x", code).isEqualTo(even);
        assertThat(narrow.applyAsInt(Math.nextDown(middle))).isEqualTo(code);
        assertThat(narrow.applyAsInt(Math.nextUp(middle))).isEqualTo(code + 1);
        assertThat(narrow.applyAsInt(-Math.nextUp(middle))).isEqualTo(code + 1 | 0x8000);
      }
    }
    assertThat(narrow.applyAsInt(overflow)).isEqualTo(infinity);
    assertThat(narrow.applyAsInt(Math.nextDown(overflow))).isEqualTo(infinity - 1);
    assertThat(narrow.applyAsInt(Float.NEGATIVE_INFINITY)).isEqualTo(infinity | 0x8000);
    assertThat(widen.apply(infinity)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(widen.apply(narrow.applyAsInt(Float.NaN))).isNaN();
    for (int fraction = 1; fraction < 0x80; fraction++) {
      assertThat(widen.apply(infinity | fraction)).isNaN();
      assertThat(widen.apply(narrow.applyAsInt(Float.intBitsToFloat(0x7F800000 | fraction))))
          .isNaN();
    }
  }

  /** From the tables of IEEE 754 binary16 and of bfloat16. */
  @Test
  void haveTheValuesOfTheirStandards() {
    assertThat(NarrowFloats.ofF16((short) 0x3555)).isEqualTo(0.33325195f);
    assertThat(NarrowFloats.ofF16((short) 0x0001)).isEqualTo(5.9604645e-8f);
    assertThat(NarrowFloats.ofF16((short) 0x03FF)).isEqualTo(6.097555e-5f);
    assertThat(NarrowFloats.ofF16((short) 0x7BFF)).isEqualTo(65_504f);
    assertThat(NarrowFloats.ofBf16((short) 0x3EAB)).isEqualTo(0.333984375f);
    assertThat(NarrowFloats.ofBf16((short) 0xC000)).isEqualTo(-2f);
  }

  /**
   * NumPy, PyTorch and ml_dtypes round alike: the values, in {@code narrow_floats.py}, hold every
   * number of both formats, every tie, and the float32 beside each.
   */
  @ParameterizedTest
  @MethodSource("peers")
  void roundsAsThePeersDo(String type, String peer, String crc) {
    ByteBuffer bytes = ByteBuffer.allocate(6 << 20).order(ByteOrder.LITTLE_ENDIAN);
    for (int begin = 0; begin < 1 << 19; begin++) {
      for (int end : ENDS) {
        float value = Float.intBitsToFloat(begin << 13 | end);
        if (!Float.isNaN(value)) {
          bytes.putShort(
              type.equals("f16") ? NarrowFloats.toF16(value) : NarrowFloats.toBf16(value));
        }
      }
    }
    CRC32 digest = new CRC32();
    digest.update(bytes.flip());
    assertThat("%08x".formatted(digest.getValue())).as("%s by %s", type, peer).isEqualTo(crc);
  }

  static Stream<Arguments> peers() throws IOException {
    return Files.readAllLines(Path.of("src/test/resources/golden/narrow-floats/digests.txt"))
        .stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> Arguments.of((Object[]) line.split("\\|", -1)));
  }
}
