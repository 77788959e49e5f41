package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.random.Stream;
import dev.kindling.random.Stream.Purpose;
import java.util.BitSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyedShuffleTest {
  private final AddressedWords words =
      new AddressedWords(Stream.of(7, "shuffle", Purpose.POSITIONS));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 7, 16, 17, 31, 100, 997, 4096, 5000})
  void isAPermutation(long size) {
    KeyedShuffle shuffle = new KeyedShuffle(size);
    for (int unit = 0; unit < 20; unit++) {
      BitSet seen = new BitSet();
      for (long place = 0; place < size; place++) {
        long to = shuffle.of(place, key(unit));
        assertThat(to).isBetween(0L, size - 1);
        seen.set((int) to);
      }
      assertThat(seen.cardinality()).isEqualTo((int) size);
    }
  }

  @Test
  void takesSizesBeyondAnInt() {
    KeyedShuffle shuffle = new KeyedShuffle((1L << 61) + 12345);
    long first = shuffle.of(1L << 61, key(0));
    assertThat(first).isBetween(0L, (1L << 61) + 12344);
    assertThat(shuffle.of((1L << 61) - 1, key(0))).isNotEqualTo(first);
  }

  /**
   * All subsets are equally frequent: chi-square over {@code subsets} cells has mean {@code subsets
   * - 1} and SD {@code sqrt(2 (subsets - 1))}. Six of these above the mean are passed with a
   * probability below 1e-5 (the tail of chi-square is longer than a normal's).
   */
  @Tag("statistical")
  @ParameterizedTest
  @CsvSource({
    "3, 1, 3",
    "4, 2, 6",
    "5, 2, 10",
    "6, 3, 20",
    "7, 2, 21",
    "8, 4, 70",
    "10, 5, 252",
    "12, 3, 220"
  })
  void everySubsetIsEquallyLikely(int size, int links, int subsets) {
    int units = 100_000;
    KeyedShuffle shuffle = new KeyedShuffle(size);
    int[] counts = new int[1 << size];
    for (int unit = 0; unit < units; unit++) {
      int subset = 0;
      for (int place = 0; place < size; place++) {
        subset |= shuffle.of(place, key(unit)) < links ? 1 << place : 0;
      }
      counts[subset]++;
    }
    double expected = (double) units / subsets;
    double chiSquare = 0;
    for (int subset = 0; subset < counts.length; subset++) {
      if (Integer.bitCount(subset) == links) {
        chiSquare += (counts[subset] - expected) * (counts[subset] - expected) / expected;
      }
    }
    assertThat(chiSquare).isLessThan(subsets - 1 + 6 * Math.sqrt(2.0 * (subsets - 1)) + 10);
  }

  /** Pairs of places are links together as often as of independent subsets. */
  @Tag("statistical")
  @Test
  void placesOfLargeSizesAreUncorrelated() {
    int size = 300;
    int links = 15;
    int units = 20_000;
    KeyedShuffle shuffle = new KeyedShuffle(size);
    int[] singles = new int[size];
    int[] neighbours = new int[size];
    for (int unit = 0; unit < units; unit++) {
      boolean before = false;
      for (int place = 0; place < size; place++) {
        boolean link = shuffle.of(place, key(unit)) < links;
        singles[place] += link ? 1 : 0;
        neighbours[place] += link && before ? 1 : 0;
        before = link;
      }
    }
    assertBinomial(singles, 0, units, (double) links / size);
    assertBinomial(
        neighbours, 1, units, (double) links * (links - 1) / ((double) size * (size - 1)));
  }

  /** Five and a half standard errors each, false-alarm rate 4e-8 times 300 places. */
  private static void assertBinomial(int[] counts, int from, int trials, double p) {
    double error = Math.sqrt(trials * p * (1 - p));
    for (int i = from; i < counts.length; i++) {
      assertThat(Math.abs(counts[i] - trials * p)).isLessThan(5.5 * error + 2);
    }
  }

  private int[] key(int unit) {
    int[] key = new int[KeyedShuffle.KEY_WORDS];
    for (int i = 0; i < key.length; i++) {
      key[i] = words.at((long) unit * key.length + i);
    }
    return key;
  }
}
