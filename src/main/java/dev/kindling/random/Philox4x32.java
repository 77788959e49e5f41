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

  /** Number of rounds. */
  public static final int ROUNDS = 10;

  /** Multiplier of the counter's word 0. */
  public static final long MULTIPLIER_0 = 0xD2511F53L;

  /** Multiplier of the counter's word 2. */
  public static final long MULTIPLIER_1 = 0xCD9E8D57L;

  /** Weyl increment of the key's low half: the golden ratio less 1 as a 32-bit fraction. */
  public static final int KEY_STEP_0 = 0x9E3779B9;

  /** Weyl increment of the key's high half: the square root of 3 less 1 as a 32-bit fraction. */
  public static final int KEY_STEP_1 = 0xBB67AE85;

  private static final long LOW_HALF = 0xFFFFFFFFL;

  private Philox4x32() {}

  /**
   * Writes the four words of a counter.
   *
   * @param key the key
   * @param low lower half of the counter
   * @param high upper half of the counter
   * @param words receives the words
   * @param place01 where words 0 and 1 go
   * @param place23 where words 2 and 3 go
   */
  public static void block(long key, long low, long high, int[] words, int place01, int place23) {
    int c0 = (int) low;
    int c1 = (int) (low >>> 32);
    int c2 = (int) high;
    int c3 = (int) (high >>> 32);
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
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
    words[place01] = c0;
    words[place01 + 1] = c1;
    words[place23] = c2;
    words[place23 + 1] = c3;
  }
}
