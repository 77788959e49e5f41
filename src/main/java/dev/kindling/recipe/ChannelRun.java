package dev.kindling.recipe;

import dev.kindling.model.Layout;

/**
 * A run of consecutive elements of a tensor that share block, scale and shift.
 *
 * @param block the block that holds them
 * @param channel their output channel within the block, 0 where scale and shift are the same for
 *     all
 * @param end flat index of the first element behind the run
 */
record ChannelRun(Block block, int channel, long end) {
  /** Returns the run that an element lies in, as far as it goes from there. */
  static ChannelRun at(RecipeEntry entry, Source.Drawn drawn, long index) {
    long columns = entry.columns();
    long row = index / columns;
    long column = index % columns;
    for (Block block : drawn.blocks()) {
      long place = block.axis() == Block.Axis.ROWS ? row : column;
      if (place >= block.from() && place < block.to()) {
        return inBlock(entry, block, row, column);
      }
    }
    throw new IllegalArgumentException(
        "element %d of tensor '%s' lies in no block".formatted(index, entry.tensor()));
  }

  private static ChannelRun inBlock(RecipeEntry entry, Block block, long row, long column) {
    long columns = entry.columns();
    boolean wholeRows = block.axis() == Block.Axis.ROWS;
    boolean uniform = block.scale().isUniform() && block.shift().isUniform();
    long rowStart = row * columns;
    if (uniform) {
      return new ChannelRun(block, 0, wholeRows ? block.to() * columns : rowStart + block.to());
    }
    if (entry.layout() == Layout.OUT_IN) {
      long first = wholeRows ? block.from() : 0;
      return new ChannelRun(
          block, (int) (row - first), rowStart + (wholeRows ? columns : block.to()));
    }
    long taps = entry.matrix().elementsFrom(2);
    long first = wholeRows ? 0 : block.from();
    long group = wholeRows ? (row - block.from()) * block.parts() / (block.to() - block.from()) : 0;
    long channel = group * (columns / taps) + (column - first) / taps;
    return new ChannelRun(block, (int) channel, rowStart + (column / taps + 1) * taps);
  }
}
