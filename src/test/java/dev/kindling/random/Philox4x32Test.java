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
    int[] words = Arrays.copyOf(numbers, 4);

    Philox4x32.block(numbers[4], numbers[5], words);

    assertThat(words).containsExactly(numbers[6], numbers[7], numbers[8], numbers[9]);
  }

  @Test
  void agreesWithCommonsRngAtRandomKeysAndCounters() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 10_000; i++) {
      int[] words = random.ints(4).toArray();
      int key0 = random.nextInt();
      int key1 = random.nextInt();
      int[] expected = CommonsPhilox.block(key0, key1, words);

      Philox4x32.block(key0, key1, words);

      assertThat(words).containsExactly(expected);
    }
  }
}
