package dev.kindling.random;

/**
 * The bijection Philox4x32-10: a 128-bit counter and a 64-bit key give four independent uniform
 * 32-bit words.
 *
 * <p>Source: Salmon, Moraes, Dror, Shaw 2011, Parallel random numbers: as easy as 1, 2, 3, section
 * 3.3, <a href="https://doi.org/10.1145/2063384.2063405">doi:10.1145/2063384.2063405</a>.
 */
public final class Philox4x32 {
  /** Number of words that one counter gives. */
  public static final int WORDS = 4;

  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;

  /**
   * Weyl increments of the key: the golden ratio and the square root of 3 less 1, as 32-bit
   * fractions.
   */
  private static final int KEY_STEP_0 = 0x9E3779B9;

  private static final int KEY_STEP_1 = 0xBB67AE85;

  private static final long LOW_HALF = 0xFFFFFFFFL;

  private Philox4x32() {}

  /**
   * Writes the four words of a counter.
   *
   * @param key0 low half of the key
   * @param key1 high half of the key
   * @param words on entry the counter, least significant word first, on return the random words
   */
  public static void block(int key0, int key1, int[] words) {
    int c0 = words[0];
    int c1 = words[1];
    int c2 = words[2];
    int c3 = words[3];
    int k0 = key0;
    int k1 = key1;
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * (c0 & LOW_HALF);
      long product1 = MULTIPLIER_1 * (c2 & LOW_HALF);
      c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      c1 = (int) product1;
      c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c3 = (int) product0;
      k0 += KEY_STEP_0;
      k1 += KEY_STEP_1;
    }
    words[0] = c0;
    words[1] = c1;
    words[2] = c2;
    words[3] = c3;
  }
}
