package dev.kindling.random;

import org.apache.commons.rng.core.source32.Philox4x32;

/**
 * The block function of Apache Commons RNG, whose generator steps the counter before each block.
 */
final class CommonsPhilox {
  private CommonsPhilox() {}

  static int[] block(int key0, int key1, int... counter) {
    int[] seed = {key0, key1, counter[0], counter[1], counter[2], counter[3]};
    for (int i = 2; i < 6; i++) {
      if (seed[i]-- != 0) {
        break;
      }
    }
    Philox4x32 generator = new Philox4x32(seed);
    return new int[] {generator.next(), generator.next(), generator.next(), generator.next()};
  }
}
