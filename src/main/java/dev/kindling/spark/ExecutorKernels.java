package dev.kindling.spark;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.KernelsChoice;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.kernel.KernelsMode;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The kernels of the JVM that a task runs in; says once in its log which they are. */
final class ExecutorKernels {
  private static final Logger LOG = LoggerFactory.getLogger(ExecutorKernels.class);
  private static final Set<KernelsMode> LOGGED = ConcurrentHashMap.newKeySet();

  private ExecutorKernels() {}

  static Kernels load(KernelsMode mode) {
    KernelsChoice choice = KernelsLoader.load(mode);
    if (LOGGED.add(mode)) {
      LOG.info("Kernels: {}", choice.name());
      choice.fallback().ifPresent(reason -> LOG.warn("No vector kernels: {}", reason));
    }
    return choice.kernels();
  }
}
