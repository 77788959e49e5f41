package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.base.OtherJvm;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.scheme.Convention;
import dev.kindling.scheme.Schemes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every scheme has the bits that are written down, whichever kernels draw. */
class GoldenDigestsTest {
  private static final int FROZEN = 96;

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
        .as("%s never changes", GoldenDigests.FILE)
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

  /** The lines of the day when the format was frozen; later ones stand behind them. */
  @Test
  void bitsOfVersionOneNeverChange() throws IOException {
    CRC32 crc = new CRC32();
    GoldenDigests.lines().stream()
        .filter(GoldenDigests::isCase)
        .limit(FROZEN)
        .forEach(line -> crc.update(line.getBytes(StandardCharsets.UTF_8)));
    assertThat(Recipe.FORMAT_VERSION).isEqualTo(1);
    assertThat("%08x".formatted(crc.getValue())).isEqualTo("1dd8ce08");
  }
}
