package dev.kindling.simd;

import dev.kindling.kernel.Affine;
import dev.kindling.kernel.Law;
import dev.kindling.kernel.TruncatedMap;
import dev.kindling.random.Stream;
import dev.kindling.random.Stream.Purpose;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a fill is made of, each alone and within the L1 cache: the generator, which is the limit of
 * every fill, the maps from words to values, and the sums over values. Millions per second, one
 * thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class PhasesBenchmark {
  private static final int TILES = 32;
  private static final int COUNT = TILES * Stream.TILE_WORDS;
  private static final Stream STREAM = Stream.of(1, "bench.weight", Purpose.ELEMENTS);
  private static final Affine AFFINE = new Affine(0.02f, 0);
  private static final TruncatedMap TRUNCATED =
      TruncatedMap.of(new Law.TruncatedNormal(-2, 2), AFFINE);

  private final int[] words = new int[COUNT];
  private final int[] drawn = new int[COUNT];
  private final float[] values = new float[COUNT];
  private final VectorWords source = new VectorWords(STREAM);
  private long tile;

  /** Words that the maps take. */
  public PhasesBenchmark() {
    source.tiles(0, TILES, drawn);
  }

  @Benchmark
  @OperationsPerInvocation(COUNT)
  public int[] words() {
    source.tiles(tile, TILES, words);
    tile += TILES;
    return words;
  }

  @Benchmark
  @OperationsPerInvocation(COUNT)
  public float[] normalMap() {
    VectorNormal.map(drawn, 0, AFFINE, values, 0, COUNT);
    return values;
  }

  @Benchmark
  @OperationsPerInvocation(COUNT)
  public float[] uniformMap() {
    VectorUniform.map(drawn, 0, AFFINE, values, 0, COUNT);
    return values;
  }

  @Benchmark
  @OperationsPerInvocation(COUNT)
  public float[] truncatedMap() {
    VectorTruncated.map(TRUNCATED, drawn, 0, values, 0, COUNT);
    return values;
  }

  @Benchmark
  @OperationsPerInvocation(COUNT)
  public double sums() {
    return VectorSums.of(values, 0, COUNT, 0.5).squares();
  }
}
