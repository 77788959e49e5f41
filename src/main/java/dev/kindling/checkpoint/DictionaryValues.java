package dev.kindling.checkpoint;

import dev.kindling.kernel.Kernels;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.TensorValues;
import java.io.IOException;
import java.util.List;
import org.apache.parquet.column.Encoding;

/**
 * Pages of numbers into a dictionary that holds the 16-bit values which occur in the row group, in
 * the order of their bits, as float32. Since the dictionary comes first, the group's values are
 * held until all are known. Memory: 2 bytes per value of a row group and one page.
 */
final class DictionaryValues extends GroupValues {
  private byte[] codes = new byte[0];
  private byte[] page = new byte[0];

  DictionaryValues(CheckpointLayout layout, TensorValues values, Kernels kernels) {
    super(layout, values, kernels);
  }

  @Override
  void write(
      RowGroupWriter group, RecipeEntry entry, List<PagePlan> pages, RangeAccumulator accumulator)
      throws IOException {
    int valueCount = Math.toIntExact(valueCount(pages));
    codes = atLeast(codes, Math.multiplyExact(valueCount, Short.BYTES));
    int offset = 0;
    for (PagePlan plan : pages) {
      fill(entry, plan, codes, offset, accumulator);
      offset += plan.count() * Short.BYTES;
    }
    CodeDictionary dictionary = CodeDictionary.of(codes, valueCount);
    group.beginValues(valueCount, layout().codec().parquetName());
    group.writeDictionary(dictionary.floats(layout().dtype()), dictionary.size());
    offset = 0;
    for (PagePlan plan : pages) {
      int length = pack(plan, dictionary, offset);
      group.writeValues(page, length, plan.count(), plan.rowCount(), Encoding.RLE_DICTIONARY);
      offset += plan.count() * Short.BYTES;
    }
  }

  private int pack(PagePlan plan, CodeDictionary dictionary, int codesOffset) {
    byte[] levels = plan.levels();
    page = atLeast(page, levels.length + PackedIndices.mostBytes(dictionary.size(), plan.count()));
    System.arraycopy(levels, 0, page, 0, levels.length);
    int length =
        PackedIndices.write(dictionary, codes, codesOffset, plan.count(), page, levels.length);
    return levels.length + length;
  }
}
