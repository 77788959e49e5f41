package dev.kindling.simd;

import dev.kindling.random.Philox4x32;
import dev.kindling.random.Stream;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Philox4x32-10 with a block in every 64-bit lane. Lanes keep 32 bits of the state; what stands
 * above them is cleared just before a product, where C2 of JDK 24 and later looks for it to choose
 * the 32-bit multiplication.
 */
final class VectorWords {
  private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
  private static final int LANES = LONGS.length();
  private static final LongVector LANE = LongVector.zero(LONGS).addIndex(1);
  private static final long LOW = 0xFFFFFFFFL;
  private static final int LAST = 2 * Philox4x32.ROUNDS - 2;

  private VectorWords() {}

  /**
   * Writes the words of consecutive tiles, as {@link Stream#tiles} does. The upper half of the
   * counter and word 1 are the same in all lanes, so the first two rounds have one vector product
   * each. The last round's words lie in its products the other way round.
   *
   * <p>No helper is called with a vector: once C2 has compiled one alone, it calls it, with boxes.
   */
  static void tiles(Stream stream, long tile, int count, int[] words) {
    long[] keys = roundKeys(stream.key());
    long fixed0 = Philox4x32.MULTIPLIER_1 * stream.purpose().number();
    LongVector multiplier0 = LongVector.broadcast(LONGS, Philox4x32.MULTIPLIER_0);
    LongVector multiplier1 = LongVector.broadcast(LONGS, Philox4x32.MULTIPLIER_1);
    LongVector low = LongVector.broadcast(LONGS, LOW);
    for (int b = 0; b < count * Stream.TILE_BLOCKS; b += LANES) {
      long block = tile * Stream.TILE_BLOCKS + b;
      long fixed1 = Philox4x32.MULTIPLIER_0 * ((fixed0 >>> 32) ^ (block >>> 32) ^ keys[0]);
      LongVector product0 = LANE.add(block & LOW).mul(multiplier0);
      LongVector product1 =
          product0
              .lanewise(VectorOperators.LSHR, 32)
              .lanewise(VectorOperators.XOR, keys[1])
              .mul(multiplier1);
      LongVector c0 =
          product1
              .lanewise(VectorOperators.LSHR, 32)
              .lanewise(VectorOperators.XOR, (fixed0 & LOW) ^ keys[2]);
      LongVector c1 = product1;
      LongVector c2 = product0.lanewise(VectorOperators.XOR, (fixed1 >>> 32) ^ keys[3]);
      LongVector c3 = LongVector.broadcast(LONGS, fixed1);
      for (int k = 4; k < LAST; k += 2) {
        product0 = c0.and(low).mul(multiplier0);
        product1 = c2.and(low).mul(multiplier1);
        c0 =
            product1
                .lanewise(VectorOperators.LSHR, 32)
                .lanewise(VectorOperators.XOR, c1.lanewise(VectorOperators.XOR, keys[k]));
        c2 =
            product0
                .lanewise(VectorOperators.LSHR, 32)
                .lanewise(VectorOperators.XOR, c3.lanewise(VectorOperators.XOR, keys[k + 1]));
        c1 = product1;
        c3 = product0;
      }
      int place = b / Stream.TILE_BLOCKS * Stream.TILE_WORDS + 2 * (b % Stream.TILE_BLOCKS);
      c2.and(low)
          .mul(multiplier1)
          .lanewise(VectorOperators.ROL, 32)
          .lanewise(VectorOperators.XOR, c1.and(low).lanewise(VectorOperators.XOR, keys[LAST]))
          .reinterpretAsInts()
          .intoArray(words, place);
      c0.and(low)
          .mul(multiplier0)
          .lanewise(VectorOperators.ROL, 32)
          .lanewise(VectorOperators.XOR, c3.and(low).lanewise(VectorOperators.XOR, keys[LAST + 1]))
          .reinterpretAsInts()
          .intoArray(words, place + Stream.TILE_WORDS / 2);
    }
  }

  private static long[] roundKeys(long key) {
    long[] keys = new long[2 * Philox4x32.ROUNDS];
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
    for (int round = 0; round < Philox4x32.ROUNDS; round++) {
      keys[2 * round] = k0 & LOW;
      keys[2 * round + 1] = k1 & LOW;
      k0 += Philox4x32.KEY_STEP_0;
      k1 += Philox4x32.KEY_STEP_1;
    }
    return keys;
  }
}
