package dev.kindling.simd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.base.OtherJvm;
import dev.kindling.kernel.ScalarKernels;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import jdk.incubator.vector.VectorShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One JVM per width, and one without the vector module; where that is missing, this fails. */
class KernelsContractTest {
  /** Of format version 1, which never changes; a longer list of fillings has another one. */
  static final String DIGEST = "d58b42f7";

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
    String output = OtherJvm.same().run(List.of(options), KernelsContract.class, mode, name);
    assertThat(output.strip()).endsWith(DIGEST);
  }
}
