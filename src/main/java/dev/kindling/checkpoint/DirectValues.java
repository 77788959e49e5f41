package dev.kindling.checkpoint;

import dev.kindling.kernel.Kernels;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.TensorValues;
import java.io.IOException;
import java.util.List;
import org.apache.parquet.column.Encoding;

/** Pages that hold the values themselves, written as they are drawn. Memory: one page or two. */
final class DirectValues extends GroupValues {
  private byte[] page = new byte[0];
  private byte[] plain = new byte[0];

  DirectValues(CheckpointLayout layout, TensorValues values, Kernels kernels) {
    super(layout, values, kernels);
  }

  @Override
  void write(
      RowGroupWriter group, RecipeEntry entry, List<PagePlan> pages, RangeAccumulator accumulator)
      throws IOException {
    group.beginValues(valueCount(pages), layout().codec().parquetName());
    for (PagePlan plan : pages) {
      byte[] levels = plan.levels();
      int width = layout().dtype().bytes();
      int length = levels.length + plan.count() * width;
      page = atLeast(page, length);
      System.arraycopy(levels, 0, page, 0, levels.length);
      if (layout().encoding() == PageEncoding.PLAIN) {
        fill(entry, plan, page, levels.length, accumulator);
        group.writeValues(page, length, plan.count(), plan.rowCount(), Encoding.PLAIN);
      } else {
        plain = atLeast(plain, plan.count() * width);
        fill(entry, plan, plain, 0, accumulator);
        ByteStreams.split(plain, page, levels.length, plan.count(), width);
        group.writeValues(page, length, plan.count(), plan.rowCount(), Encoding.BYTE_STREAM_SPLIT);
      }
    }
  }
}
