package dev.kindling.simd;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.XOR;

import dev.kindling.kernel.WordSource;
import dev.kindling.random.Philox4x32;
import dev.kindling.random.Stream;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Philox4x32-10 with a block in every 64-bit lane.
 *
 * <p><b>Products.</b> A round needs all 64 bits of two products of 32 bits. The lower 32 are an
 * integer product. The upper 32 come exactly out of one fused multiply-add in float64, since JDK 17
 * has no vector product of 32 by 32 bits. A counter word a that is multiplied stands below the bits
 * {@link #ORIGIN}, which makes the lane the double {@code 2^52 + 2^32 + a}; with {@link #summand}
 * the exact sum is {@code 2^52 + 2^32 + a m / 2^32 - 1/2}. Its last bit is worth 1, so the one
 * rounding takes it to {@code 2^52 + 2^32 + floor(a m / 2^32)}: m is odd, so there is no tie but at
 * a = 0, where the even neighbour is the right one. The result again stands below ORIGIN, ready for
 * the next round. This made the generator 3 to 4 times as fast as 64-bit products did.
 */
final class VectorWords implements WordSource {
  private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = LONGS.length();
  private static final LongVector LANE = LongVector.zero(LONGS).addIndex(1);
  private static final long LOW = 0xFFFFFFFFL;

  /** Where a tile's second half begins: words 2 and 3 of the blocks. */
  private static final int SECOND_HALF = Stream.TILE_WORDS / 2;

  /** Index of the last round's first key. */
  private static final int LAST = 2 * Philox4x32.ROUNDS - 2;

  /** Upper half of the double 2^52 + 2^32, the lower half being free. */
  private static final long ORIGIN = 0x43300001L << 32;

  /** The product of word 2 of the counter in the first round, the same in all lanes. */
  private final long fixed0;

  private final long[] keys;

  VectorWords(Stream stream) {
    this.fixed0 = Philox4x32.MULTIPLIER_1 * stream.purpose().number();
    this.keys = roundKeys(stream.key(), fixed0);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The upper half of the counter and word 1 are the same in all lanes, so the first two rounds
   * have one vector product each. Two vectors of blocks are on the way at once, for one alone waits
   * for its products.
   *
   * <p>No helper is called with a vector: once C2 has compiled one alone, it calls it, with boxes.
   */
  @Override
  public void tiles(long tile, int count, int[] words) {
    long[] keys = this.keys;
    DoubleVector factor0 = DoubleVector.broadcast(DOUBLES, Philox4x32.MULTIPLIER_0 * 0x1p-32);
    DoubleVector factor1 = DoubleVector.broadcast(DOUBLES, Philox4x32.MULTIPLIER_1 * 0x1p-32);
    DoubleVector summand0 = DoubleVector.broadcast(DOUBLES, summand(Philox4x32.MULTIPLIER_0));
    DoubleVector summand1 = DoubleVector.broadcast(DOUBLES, summand(Philox4x32.MULTIPLIER_1));
    IntVector low0 = LongVector.broadcast(LONGS, Philox4x32.MULTIPLIER_0).reinterpretAsInts();
    IntVector low1 = LongVector.broadcast(LONGS, Philox4x32.MULTIPLIER_1).reinterpretAsInts();
    IntVector upper0 = low0.reinterpretAsLongs().lanewise(LSHL, 32).reinterpretAsInts();
    IntVector upper1 = low1.reinterpretAsLongs().lanewise(LSHL, 32).reinterpretAsInts();
    for (int b = 0; b < count * Stream.TILE_BLOCKS; b += 2 * LANES) {
      long block = tile * Stream.TILE_BLOCKS + b;
      long fixed1 = Philox4x32.MULTIPLIER_0 * ((fixed0 >>> 32) ^ (block >>> 32) ^ keys[0]);
      long key3 = ORIGIN | ((fixed1 >>> 32) ^ keys[3]);
      LongVector a0 = LANE.add(ORIGIN | (block & LOW));
      LongVector b0 = a0.add(LANES);
      LongVector a2 = a0.reinterpretAsDoubles().fma(factor0, summand0).reinterpretAsLongs();
      LongVector b2 = b0.reinterpretAsDoubles().fma(factor0, summand0).reinterpretAsLongs();
      LongVector a3 = a0.reinterpretAsInts().mul(low0).reinterpretAsLongs();
      LongVector b3 = b0.reinterpretAsInts().mul(low0).reinterpretAsLongs();
      a2 = a2.lanewise(XOR, keys[1]);
      b2 = b2.lanewise(XOR, keys[1]);
      LongVector a1 = a2.reinterpretAsInts().mul(low1).reinterpretAsLongs();
      LongVector b1 = b2.reinterpretAsInts().mul(low1).reinterpretAsLongs();
      a0 = a2.reinterpretAsDoubles().fma(factor1, summand1).reinterpretAsLongs();
      b0 = b2.reinterpretAsDoubles().fma(factor1, summand1).reinterpretAsLongs();
      a0 = a0.lanewise(XOR, keys[2]);
      b0 = b0.lanewise(XOR, keys[2]);
      a2 = a3.lanewise(XOR, key3);
      b2 = b3.lanewise(XOR, key3);
      a3 = LongVector.broadcast(LONGS, fixed1 & LOW);
      b3 = a3;
      for (int k = 4; k < LAST; k += 2) {
        LongVector highA0 = a0.reinterpretAsDoubles().fma(factor0, summand0).reinterpretAsLongs();
        LongVector highA2 = a2.reinterpretAsDoubles().fma(factor1, summand1).reinterpretAsLongs();
        LongVector highB0 = b0.reinterpretAsDoubles().fma(factor0, summand0).reinterpretAsLongs();
        LongVector highB2 = b2.reinterpretAsDoubles().fma(factor1, summand1).reinterpretAsLongs();
        LongVector nextA0 = highA2.lanewise(XOR, a1.lanewise(XOR, keys[k]));
        LongVector nextA2 = highA0.lanewise(XOR, a3.lanewise(XOR, keys[k + 1]));
        LongVector nextB0 = highB2.lanewise(XOR, b1.lanewise(XOR, keys[k]));
        LongVector nextB2 = highB0.lanewise(XOR, b3.lanewise(XOR, keys[k + 1]));
        a1 = a2.reinterpretAsInts().mul(low1).reinterpretAsLongs();
        a3 = a0.reinterpretAsInts().mul(low0).reinterpretAsLongs();
        b1 = b2.reinterpretAsInts().mul(low1).reinterpretAsLongs();
        b3 = b0.reinterpretAsInts().mul(low0).reinterpretAsLongs();
        a0 = nextA0;
        a2 = nextA2;
        b0 = nextB0;
        b2 = nextB2;
      }
      int place = b / Stream.TILE_BLOCKS * Stream.TILE_WORDS + 2 * (b % Stream.TILE_BLOCKS);
      LongVector highA0 = a0.reinterpretAsDoubles().fma(factor0, summand0).reinterpretAsLongs();
      LongVector highA2 = a2.reinterpretAsDoubles().fma(factor1, summand1).reinterpretAsLongs();
      a0 = a0.lanewise(LSHL, 32).reinterpretAsInts().mul(upper0).reinterpretAsLongs();
      a2 = a2.lanewise(LSHL, 32).reinterpretAsInts().mul(upper1).reinterpretAsLongs();
      a2 = a2.lanewise(XOR, highA2.lanewise(XOR, a1.lanewise(XOR, keys[LAST])));
      a0 = a0.lanewise(XOR, highA0.lanewise(XOR, a3.lanewise(XOR, keys[LAST + 1])));
      a2.reinterpretAsInts().intoArray(words, place);
      a0.reinterpretAsInts().intoArray(words, place + SECOND_HALF);
      LongVector highB0 = b0.reinterpretAsDoubles().fma(factor0, summand0).reinterpretAsLongs();
      LongVector highB2 = b2.reinterpretAsDoubles().fma(factor1, summand1).reinterpretAsLongs();
      b0 = b0.lanewise(LSHL, 32).reinterpretAsInts().mul(upper0).reinterpretAsLongs();
      b2 = b2.lanewise(LSHL, 32).reinterpretAsInts().mul(upper1).reinterpretAsLongs();
      b2 = b2.lanewise(XOR, highB2.lanewise(XOR, b1.lanewise(XOR, keys[LAST])));
      b0 = b0.lanewise(XOR, highB0.lanewise(XOR, b3.lanewise(XOR, keys[LAST + 1])));
      b2.reinterpretAsInts().intoArray(words, place + 2 * LANES);
      b0.reinterpretAsInts().intoArray(words, place + SECOND_HALF + 2 * LANES);
    }
  }

  /** Returns what takes the product of a lane and {@code multiplier / 2^32} to its whole part. */
  private static double summand(long multiplier) {
    return (1L << 52) + (1L << 32) - (multiplier << 20) - multiplier - 0.5;
  }

  /**
   * Returns what a round's two words are combined with: the keys; in the second round word 1 too,
   * which is the same in all lanes; in the last ORIGIN too, which the words must lose.
   */
  private static long[] roundKeys(long key, long fixed0) {
    long[] keys = new long[2 * Philox4x32.ROUNDS];
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
    for (int round = 0; round < Philox4x32.ROUNDS; round++) {
      keys[2 * round] = k0 & LOW;
      keys[2 * round + 1] = k1 & LOW;
      k0 += Philox4x32.KEY_STEP_0;
      k1 += Philox4x32.KEY_STEP_1;
    }
    keys[2] ^= fixed0 & LOW;
    keys[LAST] |= ORIGIN;
    keys[LAST + 1] |= ORIGIN;
    return keys;
  }
}
