package dev.kindling.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.base.OtherJvm;
import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.kernel.ScalarKernels;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One JVM per vector width. */
class MatrixDigestTest {
  /** Of format version 1, which never changes; a longer list of shapes has another one. */
  private static final String DIGEST = "2b58672e";

  private static final String LARGE_DIGEST = "853a9c05";

  @Test
  void definitionHasTheseBits() {
    assertThat(digest(new ScalarKernels(), MatrixDigest.SHAPES)).isEqualTo(DIGEST);
  }

  @Test
  @Tag("large")
  void largeMatricesHaveTheseBits() {
    assertThat(digest(new ScalarKernels(), MatrixDigest.LARGE)).isEqualTo(LARGE_DIGEST);
    assertThat(digest(KernelsLoader.load(KernelsMode.SIMD).kernels(), MatrixDigest.LARGE))
        .isEqualTo(LARGE_DIGEST);
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 256, 512})
  void vectorsOfAnyWidthGiveTheBitsOfTheDefinition(int bits) throws Exception {
    List<String> options =
        List.of("--add-modules=jdk.incubator.vector", "-XX:MaxVectorSize=" + bits / 8);
    String output = OtherJvm.same().run(options, MatrixDigest.class, "simd");
    assertThat(output.strip()).endsWith(DIGEST);
  }

  private static String digest(Kernels kernels, int[][] shapes) {
    return "%08x".formatted(MatrixDigest.of(kernels, shapes));
  }
}
