package dev.kindling.bench;

import dev.kindling.kernel.Affine;
import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.kernel.Law;
import dev.kindling.kernel.Variates;
import dev.kindling.random.Stream;
import dev.kindling.random.Stream.Purpose;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Draws per microsecond, that is millions per second, of one thread: 2^24 float32 values stored to
 * memory.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class KernelsBenchmark {
  private static final int COUNT = 1 << 24;
  private static final Stream STREAM = Stream.of(1, "bench.weight", Purpose.ELEMENTS);
  private static final Affine AFFINE = new Affine(0.02f, 0);
  private static final Variates NORMAL = new Variates(STREAM, new Law.Normal(), AFFINE);
  private static final Variates UNIFORM = new Variates(STREAM, new Law.Uniform(), AFFINE);
  private static final Variates TRUNCATED =
      new Variates(STREAM, new Law.TruncatedNormal(-2, 2), AFFINE);

  @Param({"scalar", "simd"})
  private String mode;

  private final float[] target = new float[COUNT];
  private Kernels kernels;

  /** The benchmark is void if the two kinds differ. */
  @Setup
  public void check() {
    kernels = KernelsLoader.load(KernelsMode.SIMD).kernels();
    float[] expected = new float[10_000];
    float[] actual = new float[10_000];
    kernels.fill(NORMAL, 5, expected, 0, expected.length);
    kernels =
        KernelsLoader.load(KernelsMode.valueOf(mode.toUpperCase(java.util.Locale.ROOT))).kernels();
    kernels.fill(NORMAL, 5, actual, 0, actual.length);
    if (!Arrays.equals(expected, actual)) {
      throw new IllegalStateException("kernels differ");
    }
  }

  @Benchmark
  @OperationsPerInvocation(COUNT)
  public float[] normal() {
    kernels.fill(NORMAL, 0, target, 0, COUNT);
    return target;
  }

  @Benchmark
  @OperationsPerInvocation(COUNT)
  public float[] uniform() {
    kernels.fill(UNIFORM, 0, target, 0, COUNT);
    return target;
  }

  @Benchmark
  @OperationsPerInvocation(COUNT)
  public float[] truncated() {
    kernels.fill(TRUNCATED, 0, target, 0, COUNT);
    return target;
  }
}
