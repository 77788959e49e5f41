package dev.kindling.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.kernel.Affine;
import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.kernel.Law;
import dev.kindling.kernel.Variates;
import dev.kindling.random.Philox4x32;
import dev.kindling.random.Stream;
import dev.kindling.random.Stream.Purpose;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * 10^8 draws of each law and type at fixed seeds, held against the exact law ({@link
 * DrawStatistics}); streams held against each other; avalanche of key and counter. Appends what it
 * finds to {@code target/statistics.txt}. Takes minutes: {@code mvn -B test -P large}.
 */
@Tag("large")
class LargeStatisticsTest {
  private static final int BLOCK = 1_000_000;
  private static final int BLOCKS = 100;
  private static final Affine AS_DRAWN = new Affine(1, 0);
  private static final Path REPORT = Path.of("target", "statistics.txt");

  private final Kernels kernels = KernelsLoader.load(KernelsMode.AUTO).kernels();

  private enum Drawn {
    NORMAL(new Law.Normal()),
    UNIFORM(new Law.Uniform()),
    TRUNCATED_AT_TWO(new Law.TruncatedNormal(-2, 2)),
    TRUNCATED_FAR_OUT(new Law.TruncatedNormal(-100, 100)),
    TRUNCATED_ONE_SIDED(new Law.TruncatedNormal(0.5, 3));

    private final Law law;

    Drawn(Law law) {
      this.law = law;
    }
  }

  @ParameterizedTest
  @EnumSource
  void float32DrawsFollowTheirLaw(Drawn drawn) throws IOException {
    Variates variates = new Variates(stream(1, "float32 " + drawn), drawn.law, AS_DRAWN);
    report("float32 " + drawn, statistics(drawn, block -> float32(variates, block)).findings());
  }

  @ParameterizedTest
  @EnumSource
  void float64DrawsFollowTheirLaw(Drawn drawn) throws IOException {
    Variates variates = new Variates(stream(2, "float64 " + drawn), drawn.law, AS_DRAWN);
    report("float64 " + drawn, statistics(drawn, block -> float64(variates, block)).findings());
  }

  /** Pairs of streams whose addresses differ little, 10^7 normals each: 10^8 and more in all. */
  @Test
  void streamsAreUncorrelated() throws IOException {
    Stream first = stream(42, "layers.0.weight");
    List<Stream> others =
        List.of(
            stream(43, "layers.0.weight"),
            stream(42 + (1L << 32), "layers.0.weight"),
            stream(-42, "layers.0.weight"),
            stream(42, "layers.1.weight"),
            stream(42, "layers.0.bias"),
            stream(42, "layers.0.weigh"),
            stream(42, "layers.0.weight "),
            stream(42, "layers.00.weight"),
            first.refinement(),
            Stream.of(42, "layers.0.weight", Purpose.REFLECTIONS),
            Stream.of(42, "layers.0.weight", Purpose.POSITIONS));
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < others.size(); i++) {
      findings.add(correlation("with stream " + (i + 1), first, others.get(i), 0));
      findings.add(correlation("with stream %d, one on".formatted(i + 1), first, others.get(i), 1));
    }
    report("streams", findings);
  }

  /**
   * Each bit of key and counter flips each bit of a block with probability 1/2, in 20,000 random
   * blocks: the worst of 192 x 128 counts by Bonferroni, and the mean over all.
   */
  @Test
  void everyBitFlipsHalfOfTheBlock() throws IOException {
    int trials = 20_000;
    SplittableRandom random = new SplittableRandom(5);
    int[][] flips = new int[192][128];
    for (int trial = 0; trial < trials; trial++) {
      long[] address = {random.nextLong(), random.nextLong(), random.nextLong()};
      int[] block = block(address);
      for (int bit = 0; bit < flips.length; bit++) {
        address[bit / 64] ^= 1L << bit;
        count(block, block(address), flips[bit]);
        address[bit / 64] ^= 1L << bit;
      }
    }
    double worst = 0;
    double sum = 0;
    for (int[] counts : flips) {
      for (int flipped : counts) {
        double z = (flipped - trials / 2.0) / Math.sqrt(trials / 4.0);
        worst = Math.max(worst, Math.abs(z));
        sum += z;
      }
    }
    int cells = flips.length * flips[0].length;
    double p = Math.min(1, cells * Finding.ofNormal("", worst).p());
    report(
        "avalanche",
        List.of(
            new Finding("worst bit", "|z| = %.2f".formatted(worst), p),
            Finding.ofNormal("all bits", sum / Math.sqrt(cells))));
  }

  private static int[] block(long[] address) {
    int[] words = new int[Philox4x32.WORDS];
    Philox4x32.block(address[0], address[1], address[2], words, 0, 2);
    return words;
  }

  private static void count(int[] block, int[] other, int[] flips) {
    for (int bit = 0; bit < flips.length; bit++) {
      flips[bit] += (block[bit / 32] ^ other[bit / 32]) >>> bit & 1;
    }
  }

  private Finding correlation(String name, Stream first, Stream second, int lag) {
    double sum =
        IntStream.range(0, 10).parallel().mapToDouble(b -> product(first, second, lag, b)).sum();
    return Finding.ofNormal(name, sum / Math.sqrt(10.0 * BLOCK));
  }

  private double product(Stream first, Stream second, int lag, int block) {
    double[] left = float32(Variates.standardNormal(first), block);
    float[] right = new float[BLOCK];
    kernels.fill(Variates.standardNormal(second), (long) block * BLOCK + lag, right, 0, BLOCK);
    double sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += left[i] * right[i];
    }
    return sum;
  }

  private interface Source {
    double[] draws(int block);
  }

  private static DrawStatistics statistics(Drawn drawn, Source source) {
    DrawStatistics all = new DrawStatistics(ExactLaw.of(drawn.law));
    IntStream.range(0, BLOCKS)
        .parallel()
        .forEach(
            block -> {
              DrawStatistics one = new DrawStatistics(ExactLaw.of(drawn.law));
              one.add(source.draws(block));
              synchronized (all) {
                all.merge(one);
              }
            });
    return all;
  }

  private double[] float32(Variates variates, int block) {
    float[] drawn = new float[BLOCK];
    kernels.fill(variates, (long) block * BLOCK, drawn, 0, BLOCK);
    double[] draws = new double[BLOCK];
    for (int i = 0; i < BLOCK; i++) {
      draws[i] = drawn[i];
    }
    return draws;
  }

  private double[] float64(Variates variates, int block) {
    double[] draws = new double[BLOCK];
    kernels.fill(variates, (long) block * BLOCK, draws, 0, BLOCK);
    return draws;
  }

  private static Stream stream(long seed, String tensor) {
    return Stream.of(seed, tensor, Purpose.ELEMENTS);
  }

  private static void report(String subject, List<Finding> findings) throws IOException {
    StringBuilder text = new StringBuilder(subject).append('\n');
    for (Finding finding : findings) {
      text.append(
          "  %-30s %-24s p %s %.2g%n"
              .formatted(
                  finding.test(), finding.statistic(), finding.p() < 1 ? "<=" : " =", finding.p()));
    }
    Files.createDirectories(REPORT.getParent());
    Files.writeString(REPORT, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    assertThat(findings).as(text.toString()).noneMatch(Finding::alarms);
  }
}
