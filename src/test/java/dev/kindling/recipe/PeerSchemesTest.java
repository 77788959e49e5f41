package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.kernel.ScalarKernels;
import dev.kindling.scheme.Convention;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What we draw under {@code convention: torch | keras | jax} has the moments and bounds of what
 * these libraries draw, and their very bytes where there is no chance. Both are samples of the same
 * size N, so the difference of two estimates has sqrt(2) times the standard error of one; six of
 * these are exceeded with probability 2e-9, and about 130 lines hold three comparisons each: a
 * false alarm for one choice of seeds in a million. The files' heads name versions and scripts.
 */
@Tag("statistical")
class PeerSchemesTest {
  private static final double ERRORS = 6 * Math.sqrt(2);

  /** Kurtosis of a normal is 3, of one cut at two deviations 2.37, of a uniform 1.8. */
  private static final double LEAST_UNBOUNDED = 2.6;

  static Stream<Line> lines() throws IOException {
    Stream.Builder<Line> lines = Stream.builder();
    for (Convention convention : Convention.values()) {
      if (convention != Convention.PAPER) {
        Path file = Path.of("src/test/resources/golden/schemes", convention.label() + ".csv");
        Files.readAllLines(file).stream()
            .skip(2)
            .map(text -> new Line(convention, text))
            .forEach(lines);
      }
    }
    return lines.build();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lines")
  void drawsAsThePeerDoes(Line line) {
    RecipeEntry entry = line.sample().plan(line.convention());
    float[] values = values(entry);
    if (!line.column(11).isEmpty()) {
      assertThat(crc(values)).isEqualTo(line.column(11));
      return;
    }
    assertThat(zerosInFirstColumn(values, entry)).isEqualTo((long) line.number(10));
    assertMoments(drawn(values), line);
  }

  private static void assertMoments(double[] drawn, Line line) {
    double std = line.number(6);
    double kurtosis = line.number(9);
    Moments moments = Moments.of(drawn);
    double root = Math.sqrt(drawn.length);
    assertThat(moments.mean()).isCloseTo(line.number(5), within(ERRORS * std / root));
    assertThat(moments.std())
        .isCloseTo(std, within(ERRORS * std * Moments.stdError(kurtosis, drawn.length)));
    assertThat(moments.kurtosis()).isCloseTo(kurtosis, within(ERRORS * Math.sqrt(24) / root));
    double least = DoubleStream.of(drawn).min().orElseThrow();
    double greatest = DoubleStream.of(drawn).max().orElseThrow();
    if (kurtosis < LEAST_UNBOUNDED) {
      double nearly = (line.number(8) - line.number(7)) * nearly(drawn.length);
      assertThat(least).isCloseTo(line.number(7), within(nearly));
      assertThat(greatest).isCloseTo(line.number(8), within(nearly));
    } else {
      assertThat((line.number(5) - least) / std).isBetween(3.7, 6.5);
      assertThat((greatest - line.number(5)) / std).isBetween(3.7, 6.5);
    }
  }

  /**
   * Share of the range that no sample of this size leaves empty at an end: a normal cut at two
   * deviations has 0.226 of a uniform's density there, and exp(-20) = 2e-9.
   */
  private static double nearly(int length) {
    return 20 / (0.226 * length);
  }

  private static double[] drawn(float[] values) {
    return IntStream.range(0, values.length)
        .mapToDouble(i -> values[i])
        .filter(value -> value != 0)
        .toArray();
  }

  private static long zerosInFirstColumn(float[] values, RecipeEntry entry) {
    int columns = (int) entry.shape().elementsFrom(1);
    return IntStream.range(0, values.length / columns)
        .filter(row -> values[row * columns] == 0)
        .count();
  }

  private static float[] values(RecipeEntry entry) {
    float[] values = new float[(int) entry.shape().elementCount()];
    new RecipeValues(SchemeCase.SEED, new ScalarKernels(), file -> ByteBuffer.allocate(0))
        .fill(entry, 0, values, 0, values.length);
    return values;
  }

  private static String crc(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    CRC32 crc = new CRC32();
    crc.update(bytes.array());
    return "%08x".formatted(crc.getValue());
  }

  /** A line of a known-answer file, whose columns {@code scheme_moments.py} describes. */
  record Line(Convention convention, String text) {
    SchemeCase sample() {
      List<String> columns = columns();
      return new SchemeCase(
          columns.get(0), columns.get(1), columns.get(2), columns.get(3), columns.get(4));
    }

    double number(int column) {
      return Double.parseDouble(column(column));
    }

    String column(int column) {
      return columns().get(column);
    }

    private List<String> columns() {
      return Arrays.asList(text.split("\\|", -1));
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%s: %s", convention.label(), String.join(" ", columns().subList(0, 5)));
    }
  }
}
