package dev.kindling.kernel;

import java.util.Optional;

/**
 * Offers kernels that not every JVM can run; found by {@link java.util.ServiceLoader}. It may be
 * loaded only where the Vector API is resolved.
 */
public interface KernelsProvider {
  /** Returns the kernels' name, for example {@code simd512}. */
  String name();

  /** Returns a clause that says why they cannot or should not run here, if so. */
  Optional<String> unusableReason();

  /** Returns the kernels. */
  Kernels create();
}
