package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.base.OtherJvm;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.scheme.Convention;
import dev.kindling.scheme.Schemes;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every scheme has the bits that are written down, whichever kernels draw. */
class GoldenDigestsTest {
  @BeforeAll
  static void writeIfTold() throws IOException {
    if (Boolean.getBoolean("golden.write")) {
      GoldenDigests.write(KernelsLoader.load(KernelsMode.SCALAR).kernels());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SCALAR", "SIMD"})
  void everySchemeHasItsBits(KernelsMode mode) throws IOException {
    assertThat(GoldenDigests.differences(KernelsLoader.load(mode).kernels()))
        .as("if bits may change (format version 0), see the head of %s", GoldenDigests.FILE)
        .isEmpty();
  }

  /** One JVM per width, since a second width in one JVM is not what runs elsewhere. */
  @ParameterizedTest
  @ValueSource(ints = {128, 256, 512})
  void vectorsOfAnyWidthGiveTheseBits(int bits) throws Exception {
    List<String> options =
        List.of("--add-modules=jdk.incubator.vector", "-XX:MaxVectorSize=" + bits / 8);
    OtherJvm.same().run(options, GoldenDigests.class, "simd");
  }

  @Test
  void scalarKernelsNeedNoModule() throws Exception {
    OtherJvm.same().run(List.of(), GoldenDigests.class, "auto");
  }

  @Test
  void everySchemeIsThere() throws IOException {
    List<String> covered =
        GoldenDigests.lines().stream()
            .filter(GoldenDigests::isCase)
            .map(line -> Schemes.name(GoldenDigests.parse(line).scheme(Convention.PAPER)))
            .distinct()
            .toList();
    assertThat(covered)
        .as("a new scheme needs a line in %s", GoldenDigests.FILE)
        .containsExactlyInAnyOrderElementsOf(Schemes.names());
  }

  /** Once the format is frozen, so is the file: its digest belongs here then. */
  @Test
  void bitsMayChangeOnlyBeforeVersionOne() {
    assertThat(Recipe.FORMAT_VERSION).as("freeze the golden digests with version 1").isZero();
  }
}
