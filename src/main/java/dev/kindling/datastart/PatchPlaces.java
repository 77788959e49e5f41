package dev.kindling.datastart;

import dev.kindling.base.Require;
import dev.kindling.random.Stream;
import java.io.Serializable;

/**
 * Where patches are cut: places at random, each a function of seed, layer, row and number, so that
 * no partitioning changes them.
 *
 * @param seed the recipe's
 * @param layer names the draws
 * @param perRow patches of each row
 */
public record PatchPlaces(long seed, String layer, int perRow) implements Serializable {
  public PatchPlaces {
    Require.positive(perRow, "patches per row");
  }

  /**
   * Returns where a patch is cut.
   *
   * @param row rank of the row in the sample
   * @param number which of the row's patches
   * @param places number of places to choose from
   */
  public long place(long row, int number, long places) {
    Stream stream = Stream.of(seed, layer + "/patches", Stream.Purpose.POSITIONS);
    long index = row * perRow + number;
    int[] tile = new int[Stream.TILE_WORDS];
    stream.tile(index / Stream.TILE_WORDS, tile);
    long word = tile[(int) (index % Stream.TILE_WORDS)] & 0xffff_ffffL;
    return (word * places) >>> Integer.SIZE;
  }
}
