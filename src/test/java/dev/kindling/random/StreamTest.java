package dev.kindling.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.random.Stream.Purpose;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamTest {
  private static final long SEED = 42;
  private static final String NAME = "encoder.0.weight";

  @Test
  void keyIsTheFirstEightBytesOfTheHashOfSeedAndName() throws Exception {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    sha256.update(ByteBuffer.allocate(8).putLong(SEED).flip());
    sha256.update("schicht.größe".getBytes(StandardCharsets.UTF_8));

    assertThat(Stream.of(SEED, "schicht.größe", Purpose.ELEMENTS).key())
        .isEqualTo(ByteBuffer.wrap(sha256.digest()).getLong());
  }

  /** From {@code printf '\0\0\0\0\0\0\0\52encoder.0.weight' | sha256sum}, GNU coreutils 9.1. */
  @Test
  void keyOfAKnownNameNeverChanges() {
    assertThat(Stream.of(SEED, NAME, Purpose.ELEMENTS).key()).isEqualTo(0x3ceedc1ea565286fL);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 7, 1L << 28, (1L << 59) - 1})
  void halvesOfBlocksStandSideBySide(long tile) {
    Stream stream = Stream.of(SEED, NAME, Purpose.REFLECTIONS);
    int[] words = new int[Stream.TILE_WORDS];

    stream.tile(tile, words);

    for (int b = 0; b < 16; b++) {
      long counter = tile * 16 + b;
      int[] expected =
          CommonsPhilox.block(
              (int) stream.key(),
              (int) (stream.key() >>> 32),
              (int) counter,
              (int) (counter >>> 32),
              1,
              0);
      for (int w = 0; w < 4; w++) {
        int place = 32 * (w / 2) + 2 * b + w % 2;
        assertThat(words[place]).as("word %d of block %d", w, b).isEqualTo(expected[w]);
      }
    }
  }

  @Test
  void seedsNamesAndPurposesGiveStreamsThatNeverMeet() {
    Set<Integer> words = new HashSet<>();
    Set<Long> keys = new HashSet<>();
    int drawn = 0;
    for (long seed : new long[] {0, 1, -1, Long.MIN_VALUE, 1L << 32}) {
      for (String name : new String[] {"a", "b", "ab", "a.weight", "a.bias", "A", "", "\0a"}) {
        keys.add(Stream.of(seed, name, Purpose.ELEMENTS).key());
        for (Purpose purpose : Purpose.values()) {
          for (int word : tile(Stream.of(seed, name, purpose))) {
            words.add(word);
            drawn++;
          }
        }
      }
    }
    assertThat(keys).hasSize(40);
    // 5,120 words have 0.003 equal pairs on average; a shared tile would make 64.
    assertThat(words.size()).isGreaterThan(drawn - 3);
  }

  @Test
  void purposesShareTheKey() {
    assertThat(Stream.of(SEED, NAME, Purpose.ELEMENTS).key())
        .isEqualTo(Stream.of(SEED, NAME, Purpose.REFLECTIONS).key());
  }

  @Test
  void rejectsAMissingPurpose() {
    assertThatThrownBy(() -> new Stream(1, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("purpose is null");
  }

  /**
   * Each flip compares 64 words, so the number of differing bits is binomial with n = 2,048 and p =
   * 1/2: SD 22.6. A single flip fails beyond 5.5 SD = 124 bits, probability 4e-8, and there are 64
   * + 128 flips per test. The sum over all flips of a test fails beyond 5 SD, probability 6e-7.
   */
  @Tag("statistical")
  @ParameterizedTest
  @CsvSource({"0, w", "42, encoder.0.weight", "-1, layers.31.mlp.down_proj.weight"})
  void everyBitOfTheSeedFlipsHalfOfTheBits(long seed, String name) {
    assertAvalanche(
        tile(Stream.of(seed, name, Purpose.ELEMENTS)),
        Long.SIZE,
        bit -> tile(Stream.of(seed ^ (1L << bit), name, Purpose.ELEMENTS)));
  }

  /** Rates as above: the name's 16 letters, 7 bits each, stay ASCII. */
  @Tag("statistical")
  @Test
  void everyBitOfTheNameFlipsHalfOfTheBits() {
    assertAvalanche(
        tile(Stream.of(SEED, NAME, Purpose.ELEMENTS)),
        7 * NAME.length(),
        bit -> {
          char[] letters = NAME.toCharArray();
          letters[bit / 7] ^= (char) (1 << (bit % 7));
          return tile(Stream.of(SEED, new String(letters), Purpose.ELEMENTS));
        });
  }

  /** Rates as above, for the bits of the counter: neighbouring tiles have nothing in common. */
  @Tag("statistical")
  @Test
  void everyBitOfTheTileNumberFlipsHalfOfTheBits() {
    Stream stream = Stream.of(SEED, NAME, Purpose.ELEMENTS);
    int[] words = new int[Stream.TILE_WORDS];
    assertAvalanche(
        tile(stream),
        59,
        bit -> {
          stream.tile(1L << bit, words);
          return words;
        });
  }

  private static void assertAvalanche(int[] base, int flips, IntFunction<int[]> flipped) {
    int bits = 32 * Stream.TILE_WORDS;
    long total = 0;
    for (int flip = 0; flip < flips; flip++) {
      int different = differingBits(base, flipped.apply(flip));
      assertThat(Math.abs(different - bits / 2)).as("flip %d", flip).isLessThanOrEqualTo(124);
      total += different;
    }
    double mean = flips * bits / 2.0;
    assertThat(Math.abs(total - mean)).isLessThan(5 * Math.sqrt(flips * bits / 4.0));
  }

  private static int differingBits(int[] a, int[] b) {
    int different = 0;
    for (int i = 0; i < a.length; i++) {
      different += Integer.bitCount(a[i] ^ b[i]);
    }
    return different;
  }

  private static int[] tile(Stream stream) {
    int[] words = new int[Stream.TILE_WORDS];
    stream.tile(0, words);
    return words;
  }
}
