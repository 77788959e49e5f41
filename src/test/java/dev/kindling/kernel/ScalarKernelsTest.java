package dev.kindling.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.random.Stream;
import dev.kindling.random.Stream.Purpose;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ScalarKernelsTest {
  private static final Kernels KERNELS = new ScalarKernels();
  private static final Stream STREAM = Stream.of(7, "layer.weight", Purpose.ELEMENTS);
  private static final Affine AFFINE = new Affine(0.3f, -0.1f);
  private static final List<Law> LAWS =
      List.of(new Law.Normal(), new Law.Uniform(), new Law.TruncatedNormal(-2, 2));
  private static final float UNTOUCHED = 12345f;

  @Property(tries = 300, seed = "1")
  void anyRangeGivesTheBitsOfWholeTiles(
      @ForAll @LongRange(min = 0, max = 1L << 50) long start,
      @ForAll @IntRange(min = 0, max = 300) int length,
      @ForAll @IntRange(min = 0, max = 70) int offset,
      @ForAll boolean normal) {
    float[] target = new float[offset + length + 5];
    Arrays.fill(target, UNTOUCHED);
    fill(normal, start, target, offset, length);

    long firstTile = start / Stream.TILE_WORDS;
    int tiles = (int) ((start + length) / Stream.TILE_WORDS - firstTile) + 1;
    float[] whole = new float[tiles * Stream.TILE_WORDS];
    for (int i = 0; i < tiles; i++) {
      long tileStart = (firstTile + i) * Stream.TILE_WORDS;
      fill(normal, tileStart, whole, i * Stream.TILE_WORDS, Stream.TILE_WORDS);
    }
    int skipped = (int) (start - firstTile * Stream.TILE_WORDS);

    assertThat(Arrays.copyOfRange(target, offset, offset + length))
        .containsExactly(Arrays.copyOfRange(whole, skipped, skipped + length));
    assertThat(Arrays.copyOf(target, offset)).containsOnly(repeat(offset));
    assertThat(Arrays.copyOfRange(target, offset + length, target.length)).containsOnly(UNTOUCHED);
  }

  @Property(tries = 300, seed = "3")
  void anyRangeOfDoublesGivesTheBitsOfWholeTiles(
      @ForAll @LongRange(min = 0, max = 1L << 50) long start,
      @ForAll @IntRange(min = 0, max = 300) int length,
      @ForAll @IntRange(min = 0, max = 70) int offset,
      @ForAll @IntRange(min = 0, max = 2) int law) {
    Variates variates = new Variates(STREAM, LAWS.get(law), AFFINE);
    double[] target = new double[offset + length + 5];
    Arrays.fill(target, UNTOUCHED);
    KERNELS.fill(variates, start, target, offset, length);

    long firstTile = start / Stream.TILE_WORDS;
    int tiles = (int) ((start + length) / Stream.TILE_WORDS - firstTile) + 1;
    double[] whole = new double[tiles * Stream.TILE_WORDS];
    for (int i = 0; i < tiles; i++) {
      int at = i * Stream.TILE_WORDS;
      KERNELS.fill(variates, (firstTile + i) * Stream.TILE_WORDS, whole, at, Stream.TILE_WORDS);
    }
    double[] expected = new double[target.length];
    Arrays.fill(expected, UNTOUCHED);
    System.arraycopy(whole, (int) (start % Stream.TILE_WORDS), expected, offset, length);

    assertThat(Arrays.mismatch(target, expected)).isEqualTo(-1);
  }

  @Property(tries = 100, seed = "2")
  void valueIsTheDrawOfItsWordScaledWithOneRounding(
      @ForAll @LongRange(min = 0, max = 1L << 40) long index,
      @ForAll @IntRange(min = -20, max = 20) int factor,
      @ForAll @IntRange(min = -20, max = 20) int summand) {
    Affine affine = new Affine(factor * 0.37f, summand * 0.11f);
    int[] words = new int[Stream.TILE_WORDS];
    STREAM.tile(index / 64, words);
    int word = words[(int) (index % 64)];
    float[] value = new float[2];

    KERNELS.fill(new Variates(STREAM, new Law.Normal(), affine), index, value, 0, 1);
    KERNELS.fill(new Variates(STREAM, new Law.Uniform(), affine), index, value, 1, 1);

    double z = NormalQuantile.ofWord(word);
    double u = (2 * (word >> 8) + 1) * 0x1p-24;
    // A product of two floats is exact in double; the sum of it and a float is rounded once more.
    assertThat(value[0])
        .isCloseTo((float) (z * affine.factor() + affine.summand()), ulps(1, value[0]));
    assertThat(value[1])
        .isCloseTo((float) (u * affine.factor() + affine.summand()), ulps(1, value[1]));
  }

  @Test
  void uniformDrawsAreOddMultiplesInsideTheOpenInterval() {
    float[] draws = new float[1 << 20];
    KERNELS.fill(
        new Variates(STREAM, new Law.Uniform(), new Affine(1, 0)), 0, draws, 0, draws.length);
    for (float draw : draws) {
      assertThat(Math.abs(draw)).isLessThan(1f);
      assertThat(Math.abs(Math.IEEEremainder(draw * 0x1p24, 2))).isEqualTo(1);
    }
  }

  @Test
  void uniformWithAnyBoundStaysBelowIt() {
    float largest = 1 - 0x1p-24f;
    for (int bits = 0; bits < 1 << 23; bits += 3) {
      float bound = Float.intBitsToFloat(0x3D000000 + bits);
      assertThat(new Affine(bound, 0).apply(largest)).isLessThan(bound);
    }
  }

  private static void fill(boolean normal, long start, float[] target, int offset, int length) {
    Law law = normal ? new Law.Normal() : new Law.Uniform();
    KERNELS.fill(new Variates(STREAM, law, AFFINE), start, target, offset, length);
  }

  private static org.assertj.core.data.Offset<Float> ulps(int count, float value) {
    return org.assertj.core.data.Offset.offset(count * Math.ulp(value));
  }

  private static float[] repeat(int count) {
    float[] values = new float[count];
    Arrays.fill(values, UNTOUCHED);
    return values;
  }
}
