package dev.kindling.recipe;

import dev.kindling.model.Layout;
import dev.kindling.random.Stream;
import dev.kindling.scheme.Draw;

/**
 * Which elements of a sparse matrix are not zero. Each unit has a key of its own, and its links lie
 * where the key's permutation leads to the first so many numbers: any element tells for itself.
 */
final class SparseLinks {
  private final long columns;
  private final boolean unitsAreRows;
  private final long firstPlace;
  private final long firstKey;
  private final long links;
  private final KeyedShuffle shuffle;
  private final AddressedWords words;
  private final int[] key = new int[KeyedShuffle.KEY_WORDS];
  private long keyOf = -1;

  SparseLinks(RecipeEntry entry, Block block, Draw.Sparse sparse, Stream positions) {
    this.columns = entry.columns();
    this.unitsAreRows =
        (entry.layout() == Layout.OUT_IN) == (sparse.side() == Draw.Sparse.Side.INCOMING);
    boolean cut = (block.axis() == Block.Axis.COLUMNS) == unitsAreRows;
    this.firstPlace = cut ? block.from() : 0;
    long places = cut ? block.to() - block.from() : unitsAreRows ? columns : entry.rows();
    this.firstKey = firstPlace * (unitsAreRows ? entry.rows() : columns);
    this.links = sparse.links(places);
    this.shuffle = new KeyedShuffle(places);
    this.words = new AddressedWords(positions);
  }

  /** Writes {@code zero} to those elements from a flat index on that are no links. */
  void clear(long start, Target target, double zero) {
    long row = start / columns;
    long column = start % columns;
    for (int i = 0; i < target.length(); i++) {
      if (!(unitsAreRows ? isLink(row, column) : isLink(column, row))) {
        target.put(i, zero);
      }
      column++;
      if (column == columns) {
        column = 0;
        row++;
      }
    }
  }

  private boolean isLink(long unit, long place) {
    if (unit != keyOf) {
      for (int i = 0; i < key.length; i++) {
        key[i] = words.at((firstKey + unit) * key.length + i);
      }
      keyOf = unit;
    }
    return shuffle.of(place - firstPlace, key) < links;
  }
}
