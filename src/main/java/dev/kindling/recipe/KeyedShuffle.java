package dev.kindling.recipe;

/**
 * A random permutation of {@code 0 .. size - 1} that can be asked for one place at a time: a
 * Feistel network over {@code left * right >= size} pairs that adds to one half a hash of the
 * other, applied again where it leaves the range. Every key gives a permutation.
 *
 * <p>Source: Black, Rogaway 2002, Ciphers with arbitrary finite domains, CT-RSA, <a
 * href="https://doi.org/10.1007/3-540-45760-7_9">doi:10.1007/3-540-45760-7_9</a>, method 3; the
 * rounds hash with the finaliser of MurmurHash3 instead of a cipher.
 */
final class KeyedShuffle {
  /** Number of words in a key. */
  static final int KEY_WORDS = 8;

  /** With 8 rounds, subsets of 5 or 10 places are not equally likely; with 12 they are. */
  private static final int ROUNDS = 16;

  private static final int GOLDEN = 0x9E3779B9;

  private final long size;
  private final long left;
  private final long right;

  KeyedShuffle(long size) {
    this.size = size;
    this.left = (long) Math.ceil(Math.sqrt((double) size));
    this.right = (size + left - 1) / left;
  }

  /**
   * Returns where a place goes.
   *
   * @param place from 0 to size - 1
   * @param key {@value #KEY_WORDS} random words
   */
  long of(long place, int[] key) {
    long at = place;
    do {
      at = once(at, key);
    } while (at >= size);
    return at;
  }

  private long once(long place, int[] key) {
    long l = place / right;
    long r = place % right;
    for (int round = 0; round < ROUNDS; round += 2) {
      l = add(l, hash((int) r, roundKey(key, round)), left);
      r = add(r, hash((int) l, roundKey(key, round + 1)), right);
    }
    return l * right + r;
  }

  private static int roundKey(int[] key, int round) {
    return key[round % KEY_WORDS] + round * GOLDEN;
  }

  /** Adds a number below {@code modulus}, spread evenly by the hash. */
  private static long add(long value, int hash, long modulus) {
    long sum = value + ((Integer.toUnsignedLong(hash) * modulus) >>> 32);
    return sum >= modulus ? sum - modulus : sum;
  }

  private static int hash(int value, int key) {
    return finish(finish(value ^ key) + Integer.rotateLeft(key, 16));
  }

  private static int finish(int value) {
    int h = value;
    h = (h ^ (h >>> 16)) * 0x85ebca6b;
    h = (h ^ (h >>> 13)) * 0xc2b2ae35;
    return h ^ (h >>> 16);
  }
}
