package dev.kindling.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.kindling.random.Stream;
import dev.kindling.random.Stream.Purpose;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Filling takes no memory but the target and pieces that fit into the L1 cache. */
class FillMemoryTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final long ALLOWED_BYTES = 64 << 10;
  private static final int COUNT = 1 << 20;

  /** Vectors are objects until C2 has compiled what uses them. */
  private static final int WARM_UPS = 400;

  private final Variates variates =
      new Variates(Stream.of(1, "w", Purpose.ELEMENTS), new Law.Normal(), new Affine(0.02, 0));

  @ParameterizedTest
  @EnumSource(names = {"SCALAR", "SIMD"})
  void takesPiecesOnly(KernelsMode mode) {
    Kernels kernels = KernelsLoader.load(mode).kernels();
    float[] floats = new float[COUNT];
    ByteBuffer bytes = ByteBuffer.allocateDirect(COUNT * Float.BYTES);
    assertThat(least(() -> kernels.fill(variates, 5, floats, 0, COUNT))).isLessThan(ALLOWED_BYTES);
    assertThat(least(() -> kernels.fill(variates, 5, bytes.clear()))).isLessThan(ALLOWED_BYTES);
  }

  /** Returns what one of many runs allocates that takes least. */
  private static long least(Runnable fill) {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < WARM_UPS && least >= ALLOWED_BYTES; i++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      fill.run();
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }
}
