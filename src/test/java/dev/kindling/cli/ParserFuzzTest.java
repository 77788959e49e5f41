package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every parser of files that others may have made, with valid files that were changed at random:
 * what comes out is a value or a refusal that a command prints as a line, and the memory that it
 * took is bounded whatever the file says. With {@code -P fuzz} each parser has as many seconds as
 * {@code -Dfuzz.seconds} says, and {@code -Dfuzz.seed} repeats a run.
 */
class ParserFuzzTest {
  /** Long enough for any file of a few kilobytes on a machine with much else to do. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @ParameterizedTest
  @MethodSource("targets")
  void examplesAreValid(FuzzTarget target) {
    for (byte[] example : target.examples()) {
      if (!target.name().equals("SAFETENSORS_INDEX")) {
        assertThatCode(() -> target.read(example)).doesNotThrowAnyException();
      }
    }
  }

  @Property(tries = 1500, seed = "20261124")
  void changedFilesAreReadOrRefused(
      @ForAll("target") FuzzTarget target,
      @ForAll("mutations") List<Mutation> mutations,
      @ForAll byte chosen) {
    List<byte[]> examples = target.examples();
    target.survive(Mutation.apply(mutations, examples.get(Math.floorMod(chosen, examples.size()))));
  }

  static List<FuzzTarget> targets() {
    return FuzzTarget.ALL;
  }

  @Provide
  Arbitrary<FuzzTarget> target() {
    return Arbitraries.of(FuzzTarget.ALL);
  }

  @Provide
  Arbitrary<List<Mutation>> mutations() {
    return Mutation.several();
  }

  @ParameterizedTest
  @MethodSource("targets")
  @Tag("fuzz")
  void forSomeTime(FuzzTarget target) {
    long seed = Long.getLong("fuzz.seed", System.nanoTime());
    long end = System.nanoTime() + Duration.ofSeconds(Long.getLong("fuzz.seconds", 60)).toNanos();
    Random random = new Random(seed);
    long files = 0;
    for (; System.nanoTime() < end; files++) {
      byte[] example = target.examples().get(random.nextInt(target.examples().size()));
      byte[] file = Mutation.apply(Mutation.several(random), example);
      try {
        assertTimeoutPreemptively(PATIENCE, () -> target.survive(file));
      } catch (AssertionError e) {
        throw new AssertionError(
            "%s, seed %d, file %d: %s"
                .formatted(target, seed, files, HexFormat.of().formatHex(file)),
            e);
      }
    }
    System.out.printf(Locale.ROOT, "%s: %,d files, seed %d%n", target, files, seed);
  }
}
