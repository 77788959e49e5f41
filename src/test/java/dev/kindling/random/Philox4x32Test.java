package dev.kindling.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class Philox4x32Test {
  static Stream<String> knownAnswers() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Philox4x32Test.class.getResourceAsStream("/golden/philox/kat_vectors.txt"),
                StandardCharsets.UTF_8))) {
      return reader.lines().filter(line -> !line.startsWith("#")).toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("knownAnswers")
  void givesTheKnownAnswersOfRandom123(String line) {
    int[] numbers =
        Arrays.stream(line.split(" +"))
            .skip(2)
            .mapToInt(word -> Integer.parseUnsignedInt(word, 16))
            .toArray();

    assertThat(block(numbers[4], numbers[5], numbers))
        .containsExactly(numbers[6], numbers[7], numbers[8], numbers[9]);
  }

  @Test
  void agreesWithCommonsRngAtRandomKeysAndCounters() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 10_000; i++) {
      int[] words = random.ints(4).toArray();
      int key0 = random.nextInt();
      int key1 = random.nextInt();
      int[] expected = CommonsPhilox.block(key0, key1, words);

      assertThat(block(key0, key1, words)).containsExactly(expected);
    }
  }

  @Test
  void writesToTheTwoPlacesOnly() {
    int[] words = new int[10];

    Philox4x32.block(1, 2, 3, words, 1, 6);

    int[] expected = CommonsPhilox.block(1, 0, 2, 0, 3, 0);
    assertThat(words)
        .containsExactly(0, expected[0], expected[1], 0, 0, 0, expected[2], expected[3], 0, 0);
  }

  private static int[] block(int key0, int key1, int[] counter) {
    int[] words = new int[Philox4x32.WORDS];
    Philox4x32.block(
        whole(key0, key1),
        whole(counter[0], counter[1]),
        whole(counter[2], counter[3]),
        words,
        0,
        2);
    return words;
  }

  private static long whole(int low, int high) {
    return ((long) high << 32) | Integer.toUnsignedLong(low);
  }
}
