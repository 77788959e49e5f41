package dev.kindling.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.InputException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever the bytes are, nothing but an InputException comes out, whose problems are one line
 * each.
 */
class MalformedTextTest {
  private static final String MARKS = "{}[]:,-#&*!|>'\"%@`\t\n 0123456789.eE_x~";

  private static final String SHAPES =
      "{\"conv.weight\": [8, 3, 3, 3], \"conv.bias\": [8], \"fc.weight\": [10, 8]}";

  @Test
  void damagedLayersAreReadOrRefused() {
    damage(ModelFiles.shipped("digits-cnn.yaml"), "damaged.yaml", 1000);
  }

  @Test
  void damagedShapesAreReadOrRefused() {
    damage(SHAPES.getBytes(StandardCharsets.UTF_8), "damaged.json", 1000);
  }

  /** What is small in the file and large in memory, or deeper than the stack, is refused. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "layers: *101[                                            | nested too deeply (expected at most",
        "layers: *100000[                                         | nested too deep",
        "layers: *100000{a:                                       | nested too deep",
        "layers: *5000[residual: {branch:                         | nested too deep",
        "let: {a: &a 3, b: *a}                                    | aliases are not supported: write *a out",
        "a: &a [x, x]\\nb: &b [*a, *a]\\nlayers: *b              | aliases are not supported",
        "layers: [repeat: {times: 2000000000, layers: [relu]}]    | there are too many turns",
        "layers: [repeat: {times: 50000, layers: [repeat: {times: 50000, layers: [relu]}]}] | there are too many turns",
        "let: {n: 1}\\nlayers: [dense: {out: =99999999999999999999}] | dense"
      })
  void bombsAreRefused(String text, String reason) {
    String yaml = "input: {shape: [4]}\n" + unfolded(text.replace("\\n", "\n")) + "\n";
    assertThatThrownBy(() -> ModelReader.read(yaml.getBytes(StandardCharsets.UTF_8), "bomb.yaml"))
        .isInstanceOfSatisfying(
            InputException.class,
            refused -> {
              assertThat(refused.problems()).allMatch(this::isOneLine);
              assertThat(refused.problems()).anyMatch(problem -> problem.contains(reason));
              assertThat(refused.problems()).allMatch(problem -> problem.length() < 500);
            });
  }

  /** Writes out {@code *100[}: the rest of the line so many times. */
  private static String unfolded(String text) {
    Matcher times = Pattern.compile("\\*(\\d+)(.*)", Pattern.DOTALL).matcher(text);
    return times.find()
        ? text.substring(0, times.start()) + times.group(2).repeat(Integer.parseInt(times.group(1)))
        : text;
  }

  @ParameterizedTest
  @CsvSource({"junk.yaml", "junk.json"})
  void junkIsRefused(String path) {
    Random random = new Random(3);
    for (int i = 0; i < 500; i++) {
      byte[] junk = new byte[random.nextInt(200)];
      random.nextBytes(junk);
      assertThatThrownBy(() -> ModelReader.read(junk, path))
          .isInstanceOfSatisfying(
              InputException.class,
              refused -> assertThat(refused.problems()).allMatch(this::isOneLine));
    }
  }

  private void damage(byte[] whole, String path, int times) {
    Random random = new Random(5);
    for (int i = 0; i < times; i++) {
      byte[] damaged =
          Arrays.copyOf(whole, i % 10 == 0 ? random.nextInt(whole.length) : whole.length);
      for (int change = 0; change < 2 && damaged.length > 0; change++) {
        damaged[random.nextInt(damaged.length)] =
            (byte) MARKS.charAt(random.nextInt(MARKS.length()));
      }
      try {
        ModelReader.read(damaged, path);
      } catch (InputException refused) {
        assertThat(refused.problems()).allMatch(this::isOneLine);
        assertThat(refused).hasMessageContaining(path);
      }
    }
  }

  private boolean isOneLine(String problem) {
    return problem.startsWith("Cannot read ") && problem.lines().count() == 1;
  }
}
