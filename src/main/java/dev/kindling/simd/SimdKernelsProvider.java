package dev.kindling.simd;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.KernelsProvider;
import java.util.Optional;
import jdk.incubator.vector.VectorShape;

/** Offers {@link SimdKernels}. */
public final class SimdKernelsProvider implements KernelsProvider {
  private static final int LEAST_BITS = 128;

  /** Two vectors fill a stripe of a matrix. */
  private static final int MOST_BITS = 512;

  @Override
  public String name() {
    return "simd" + bits();
  }

  @Override
  public Optional<String> unusableReason() {
    return bits() >= LEAST_BITS && bits() <= MOST_BITS && Integer.bitCount(bits()) == 1
        ? Optional.empty()
        : Optional.of(
            "vectors of %d bits do not fit (expected %d to %d)"
                .formatted(bits(), LEAST_BITS, MOST_BITS));
  }

  @Override
  public Kernels create() {
    return new SimdKernels();
  }

  private static int bits() {
    return VectorShape.preferredShape().vectorBitSize();
  }
}
