package dev.kindling.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.kernel.ScalarKernels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One JVM per vector width. */
class MatrixDigestTest {
  private static final long DEFINITION = MatrixDigest.of(new ScalarKernels());

  @ParameterizedTest
  @ValueSource(ints = {128, 256, 512})
  void vectorsOfAnyWidthGiveTheBitsOfTheDefinition(int bits) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "-XX:MaxVectorSize=" + bits / 8,
                "-cp",
                System.getProperty("java.class.path"),
                MatrixDigest.class.getName(),
                "simd")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output.strip()).endsWith("%08x".formatted(DEFINITION));
  }
}
