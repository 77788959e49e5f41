package dev.kindling.kernel;

import java.util.Optional;

/**
 * Kernels and how they came to be chosen.
 *
 * @param name their name, {@code scalar} or for example {@code simd512}
 * @param kernels the kernels
 * @param fallback why they are not the faster ones, if those were wished for
 */
public record KernelsChoice(String name, Kernels kernels, Optional<String> fallback) {}
