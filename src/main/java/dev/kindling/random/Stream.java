package dev.kindling.random;

import dev.kindling.base.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * An endless sequence of random 32-bit words whose every word can be computed alone. Its address is
 * the key, the first 8 bytes of SHA-256 over the seed (8 bytes, big-endian) and the tensor's name
 * in UTF-8, read big-endian; and the purpose, the upper half of the 128-bit counter. The lower half
 * counts blocks of four words.
 *
 * <p>Order of words, fixed within a format version: a tile is 16 consecutive blocks, and gives 64
 * words; word {@code w} of the tile's block {@code b} stands at {@code 16 w + b}. Vectors thus run
 * over blocks, whatever their width.
 *
 * @param key the tensor's key
 * @param purpose what the numbers are for
 */
public record Stream(long key, Purpose purpose) {
  /** Number of blocks in a tile. */
  public static final int TILE_BLOCKS = 16;

  /** Number of words in a tile. */
  public static final int TILE_WORDS = TILE_BLOCKS * Philox4x32.WORDS;

  /** What the numbers of a stream are for, so that two uses of a tensor's key never meet. */
  public enum Purpose {
    /** Elements, by their flat index. */
    ELEMENTS(0),
    /** The vectors of Householder reflections, by the flat index of the matrix they make. */
    REFLECTIONS(1);

    private final int number;

    Purpose(int number) {
      this.number = number;
    }

    /** Returns the upper half of the counter. */
    public int number() {
      return number;
    }
  }

  public Stream {
    Objects.requireNonNull(purpose, "purpose is null");
  }

  /** Returns the stream of a tensor. */
  public static Stream of(long seed, String tensor, Purpose purpose) {
    byte[] name = tensor.getBytes(StandardCharsets.UTF_8);
    byte[] address = ByteBuffer.allocate(Long.BYTES + name.length).putLong(seed).put(name).array();
    return new Stream(ByteBuffer.wrap(Sha256.of(address)).getLong(), purpose);
  }

  /**
   * Writes all words of a tile.
   *
   * @param tile number of the tile; it holds the words from {@code tile * 64} on
   * @param words receives {@value #TILE_WORDS} words
   */
  public void tile(long tile, int[] words) {
    int[] block = new int[Philox4x32.WORDS];
    for (int b = 0; b < TILE_BLOCKS; b++) {
      long counter = tile * TILE_BLOCKS + b;
      block[0] = (int) counter;
      block[1] = (int) (counter >>> 32);
      block[2] = purpose.number();
      block[3] = 0;
      Philox4x32.block((int) key, (int) (key >>> 32), block);
      for (int w = 0; w < Philox4x32.WORDS; w++) {
        words[TILE_BLOCKS * w + b] = block[w];
      }
    }
  }
}
