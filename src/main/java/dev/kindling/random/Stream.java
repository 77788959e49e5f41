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
 * words. Words 0 and 1 of the tile's block {@code b} stand at {@code 2 b} and {@code 2 b + 1}, its
 * words 2 and 3 at {@code 32 + 2 b} and {@code 32 + 2 b + 1}: what 64-bit lanes over blocks hold at
 * the end, whatever the vectors' width. Draws of 64 bits, for float64, take their upper half from
 * the place that a draw of 32 bits has and their lower half from the same place of {@link
 * #refinement}.
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
    REFLECTIONS(1),
    /** Keys of random places, by the unit whose links lie there. */
    POSITIONS(2),
    /** The vectors of complex reflections, by the flat index of the matrix they make. */
    UNITARY_REFLECTIONS(3),
    /** Lower halves of the 64-bit words of elements. */
    ELEMENTS_LOW(4),
    /** Lower halves of the 64-bit words of reflections. */
    REFLECTIONS_LOW(5),
    /** Lower halves of the 64-bit words of complex reflections. */
    UNITARY_REFLECTIONS_LOW(6);

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
   * Returns the stream of the lower halves of 64-bit words, of which this one has the upper halves.
   * So what needs 64 bits agrees with what needs 32 in those.
   *
   * @throws IllegalStateException if the purpose has no use for them
   */
  public Stream refinement() {
    return switch (purpose) {
      case ELEMENTS -> new Stream(key, Purpose.ELEMENTS_LOW);
      case REFLECTIONS -> new Stream(key, Purpose.REFLECTIONS_LOW);
      case UNITARY_REFLECTIONS -> new Stream(key, Purpose.UNITARY_REFLECTIONS_LOW);
      case POSITIONS, ELEMENTS_LOW, REFLECTIONS_LOW, UNITARY_REFLECTIONS_LOW ->
          throw new IllegalStateException("words of purpose " + purpose + " have 32 bits");
    };
  }

  /**
   * Writes all words of a tile.
   *
   * @param tile number of the tile; it holds the words from {@code tile * 64} on
   * @param words receives {@value #TILE_WORDS} words
   */
  public void tile(long tile, int[] words) {
    tiles(tile, 1, words);
  }

  /**
   * Writes all words of consecutive tiles.
   *
   * @param tile number of the first
   * @param count their number
   * @param words receives {@value #TILE_WORDS} words each
   */
  public void tiles(long tile, int count, int[] words) {
    for (int i = 0; i < count; i++) {
      for (int b = 0; b < TILE_BLOCKS; b++) {
        Philox4x32.block(
            key,
            (tile + i) * TILE_BLOCKS + b,
            purpose.number(),
            words,
            i * TILE_WORDS + 2 * b,
            i * TILE_WORDS + 2 * b + TILE_WORDS / 2);
      }
    }
  }
}
