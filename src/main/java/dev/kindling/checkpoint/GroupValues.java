package dev.kindling.checkpoint;

import dev.kindling.kernel.Kernels;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.TensorValues;
import java.io.IOException;
import java.util.List;

/** Writes the values of row groups; what it holds is used again for the next. For one thread. */
abstract sealed class GroupValues permits DirectValues, DictionaryValues {
  private final CheckpointLayout layout;
  private final TensorValues values;
  private final Kernels kernels;
  private final ElementPiece piece;

  GroupValues(CheckpointLayout layout, TensorValues values, Kernels kernels) {
    this.layout = layout;
    this.values = values;
    this.kernels = kernels;
    this.piece = ElementPiece.of(layout.dtype());
  }

  static GroupValues of(CheckpointLayout layout, TensorValues values, Kernels kernels) {
    return switch (layout.encoding()) {
      case PLAIN, BYTE_STREAM_SPLIT -> new DirectValues(layout, values, kernels);
      case DICTIONARY -> new DictionaryValues(layout, values, kernels);
    };
  }

  /** Writes the column of values of a row group that has been begun. */
  abstract void write(
      RowGroupWriter group, RecipeEntry entry, List<PagePlan> pages, RangeAccumulator accumulator)
      throws IOException;

  final CheckpointLayout layout() {
    return layout;
  }

  /** Writes the values of a page as bytes of the element type. */
  final void fill(
      RecipeEntry entry, PagePlan page, byte[] target, int offset, RangeAccumulator accumulator) {
    int width = layout.dtype().bytes();
    for (int done = 0; done < page.count(); done += ElementPiece.SIZE) {
      int length = Math.min(ElementPiece.SIZE, page.count() - done);
      piece.fill(values, entry, page.start() + done, length);
      piece.encode(target, offset + done * width);
      accumulator.add(piece.statistics(kernels), target, offset + done * width, length * width);
    }
  }

  static byte[] atLeast(byte[] bytes, int length) {
    return bytes.length < length ? new byte[length] : bytes;
  }

  static long valueCount(List<PagePlan> pages) {
    return pages.stream().mapToLong(PagePlan::count).sum();
  }
}
