package dev.kindling.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.ConfigurationException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class KernelsLoaderTest {
  private static final JvmFacts CAPABLE = new JvmFacts(17, true, true);
  private static final JvmFacts NO_MODULE = new JvmFacts(17, false, true);
  private static final Supplier<List<KernelsProvider>> ONE =
      () -> List.of(new FakeProvider(Optional.empty()));
  private static final Supplier<List<KernelsProvider>> NONE_USABLE =
      () -> List.of(new FakeProvider(Optional.of("vectors of 64 bits do not fit")));
  private static final Supplier<List<KernelsProvider>> NEVER =
      () -> {
        throw new AssertionError("providers must not be loaded");
      };

  @Test
  void autoTakesTheProvider() {
    KernelsChoice choice = KernelsLoader.choose(KernelsMode.AUTO, CAPABLE, ONE);
    assertThat(choice.name()).isEqualTo("simd9");
    assertThat(choice.fallback()).isEmpty();
  }

  @Test
  void scalarAsksNobody() {
    KernelsChoice choice = KernelsLoader.choose(KernelsMode.SCALAR, CAPABLE, NEVER);
    assertThat(choice.name()).isEqualTo("scalar");
    assertThat(choice.fallback()).isEmpty();
  }

  @Test
  void autoFallsBackAndSaysWhyWithoutLoadingProviders() {
    KernelsChoice choice = KernelsLoader.choose(KernelsMode.AUTO, NO_MODULE, NEVER);
    assertThat(choice.name()).isEqualTo("scalar");
    assertThat(choice.fallback())
        .contains(
            "module jdk.incubator.vector is not there;"
                + " start Java with --add-modules=jdk.incubator.vector");
  }

  @Test
  void autoFallsBackWithTheProvidersReason() {
    assertThat(KernelsLoader.choose(KernelsMode.AUTO, CAPABLE, NONE_USABLE).fallback())
        .contains("vectors of 64 bits do not fit");
    assertThat(KernelsLoader.choose(KernelsMode.AUTO, CAPABLE, List::of).fallback())
        .contains("this build has no vector kernels");
    assertThat(
            KernelsLoader.choose(KernelsMode.AUTO, new JvmFacts(17, true, false), NEVER).fallback())
        .contains("the JVM does not optimise; start Java without -Xint or -XX:TieredStopAtLevel");
    assertThat(
            KernelsLoader.choose(KernelsMode.AUTO, new JvmFacts(16, true, true), NEVER).fallback())
        .contains("Java 16 is too old (expected 17 or later)");
  }

  @Test
  void forcedSimdThatCannotRunNamesTheFlag() {
    assertThatThrownBy(() -> KernelsLoader.choose(KernelsMode.SIMD, NO_MODULE, NEVER))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "Cannot use kernels 'simd': module jdk.incubator.vector is not there;"
                + " start Java with --add-modules=jdk.incubator.vector");
  }

  /** As JDK 17 and 25 print them in {@code java -version}. */
  @Test
  void knowsWhetherTheJvmOptimises() {
    assertThat(JvmFacts.optimises("mixed mode, sharing")).isTrue();
    assertThat(JvmFacts.optimises("interpreted mode, sharing")).isFalse();
    assertThat(JvmFacts.optimises("mixed mode, emulated-client, sharing")).isFalse();
  }

  @Test
  void thisJvmHasTheVectorModule() {
    assertThat(JvmFacts.read().vectorModule()).isTrue();
    assertThat(KernelsLoader.load(KernelsMode.SIMD).name()).startsWith("simd");
  }

  private record FakeProvider(Optional<String> unusableReason) implements KernelsProvider {
    @Override
    public String name() {
      return "simd9";
    }

    @Override
    public Kernels create() {
      return new ScalarKernels();
    }
  }
}
