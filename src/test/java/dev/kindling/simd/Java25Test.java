package dev.kindling.simd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.base.OtherJvm;
import dev.kindling.recipe.GoldenDigests;
import java.nio.file.Path;
import java.util.List;
import jdk.incubator.vector.VectorShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The layers below Spark, which does not run there, have the same bits on Java 25. */
@EnabledIfEnvironmentVariable(
    named = "JAVA_25_HOME",
    matches = ".+",
    disabledReason = "JAVA_25_HOME does not name a JDK 25")
class Java25Test {
  private static final List<String> MODULE = List.of("--add-modules=jdk.incubator.vector");

  private final OtherJvm java25 = OtherJvm.of(Path.of(System.getenv("JAVA_25_HOME")));

  @Test
  void isJava25() throws Exception {
    assertThat(java25.run(List.of(), Java25Test.class)).startsWith("25");
  }

  /** Prints the version of the Java that runs it. */
  public static void main(String[] arguments) {
    System.out.print(Runtime.version().feature());
  }

  @ParameterizedTest
  @ValueSource(strings = {"simd", "scalar"})
  void everySchemeHasItsBits(String mode) throws Exception {
    java25.run(MODULE, GoldenDigests.class, mode);
  }

  /** Draws, sums and products. */
  @Test
  void kernelsKeepTheContract() throws Exception {
    String name = "simd" + VectorShape.preferredShape().vectorBitSize();
    assertThat(java25.run(MODULE, KernelsContract.class, "simd", name).strip())
        .endsWith(KernelsContractTest.DIGEST);
  }
}
