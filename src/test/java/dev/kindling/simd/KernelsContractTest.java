package dev.kindling.simd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.kernel.ScalarKernels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import jdk.incubator.vector.VectorShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One JVM per width, and one without the vector module; where that is missing, this fails. */
class KernelsContractTest {
  /**
   * Of format version 0: changes when the words, the maps or the list of fillings do, and only
   * then.
   */
  private static final String DIGEST = "d58b42f7";

  @Test
  void definitionHasTheseBits() {
    assertThat("%08x".formatted(KernelsContract.digest(new ScalarKernels()))).isEqualTo(DIGEST);
  }

  /** A JVM told of wider vectors than the machine has takes the machine's: no need to run twice. */
  static IntStream widths() {
    int machine = VectorShape.preferredShape().vectorBitSize();
    return IntStream.of(128, 256, 512).map(bits -> Math.min(bits, machine)).distinct();
  }

  @ParameterizedTest
  @MethodSource("widths")
  void vectorsOfAnyWidthGiveTheBitsOfTheDefinition(int bits) throws Exception {
    assertKeepsTheContract(
        "simd",
        "simd" + bits,
        "--add-modules=jdk.incubator.vector",
        "-XX:MaxVectorSize=" + bits / 8);
  }

  @Test
  void scalarKernelsNeedNoModule() throws Exception {
    assertKeepsTheContract("auto", "scalar");
  }

  private static void assertKeepsTheContract(String mode, String name, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(KernelsContract.class.getName(), mode, name));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output.strip()).endsWith(DIGEST);
  }
}
