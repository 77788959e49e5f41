package dev.kindling.kernel;

import dev.kindling.base.ConfigurationException;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * Chooses the kernels of a JVM. Kernels never travel: every executor asks here, with the mode that
 * the driver was given.
 */
public final class KernelsLoader {
  private static final int LEAST_FEATURE = 17;
  private static final String SCALAR = "scalar";
  private static final ConcurrentMap<KernelsMode, KernelsChoice> CHOICES =
      new ConcurrentHashMap<>();

  private KernelsLoader() {}

  /**
   * Returns the kernels of this JVM, chosen once per mode.
   *
   * @throws ConfigurationException if {@link KernelsMode#SIMD} cannot run here
   */
  public static KernelsChoice load(KernelsMode mode) {
    return CHOICES.computeIfAbsent(
        mode, wished -> choose(wished, JvmFacts.read(), KernelsLoader::providers));
  }

  /**
   * Chooses among providers by facts alone.
   *
   * @param mode what is wished for
   * @param facts what the JVM is
   * @param providers finds providers; asked only if the facts let them be loaded
   * @throws ConfigurationException if {@link KernelsMode#SIMD} cannot run
   */
  public static KernelsChoice choose(
      KernelsMode mode, JvmFacts facts, Supplier<List<KernelsProvider>> providers) {
    if (mode == KernelsMode.SCALAR) {
      return scalar(Optional.empty());
    }
    Optional<String> obstacle = obstacle(facts);
    if (obstacle.isPresent()) {
      return refuse(mode, obstacle.get());
    }
    String reason = "this build has no vector kernels";
    for (KernelsProvider provider : providers.get()) {
      Optional<String> unusable = provider.unusableReason();
      if (unusable.isEmpty()) {
        return new KernelsChoice(provider.name(), provider.create(), Optional.empty());
      }
      reason = unusable.get();
    }
    return refuse(mode, reason);
  }

  private static Optional<String> obstacle(JvmFacts facts) {
    if (facts.feature() < LEAST_FEATURE) {
      return Optional.of(
          "Java %d is too old (expected %d or later)".formatted(facts.feature(), LEAST_FEATURE));
    }
    if (!facts.vectorModule()) {
      return Optional.of(
          "module %s is not there; start Java with --add-modules=%s"
              .formatted(JvmFacts.VECTOR_MODULE, JvmFacts.VECTOR_MODULE));
    }
    return facts.optimises()
        ? Optional.empty()
        : Optional.of(
            "the JVM does not optimise; start Java without -Xint or -XX:TieredStopAtLevel");
  }

  private static KernelsChoice refuse(KernelsMode mode, String reason) {
    if (mode == KernelsMode.SIMD) {
      throw new ConfigurationException("Cannot use kernels 'simd': " + reason);
    }
    return scalar(Optional.of(reason));
  }

  private static KernelsChoice scalar(Optional<String> fallback) {
    return new KernelsChoice(SCALAR, new ScalarKernels(), fallback);
  }

  /** Our own class loader: a task's context class loader may not see the job jar. */
  private static List<KernelsProvider> providers() {
    return ServiceLoader.load(KernelsProvider.class, KernelsProvider.class.getClassLoader())
        .stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }
}
