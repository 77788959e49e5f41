package dev.kindling.checkpoint;

import dev.kindling.kernel.Kernels;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.TensorValues;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.parquet.hadoop.ParquetFileWriter;

/**
 * Writes the bytes of one shard: Parquet with the columns of {@link ShardSchema}, row groups of one
 * tensor each, and the footer of {@link ShardFooter}. The bytes are a function of id,
 * specification, entries, layout and values, whatever JVM writes them.
 *
 * <p>Memory: what {@link GroupValues} holds (a page or two; 16-bit types: 2 bytes per value of a
 * row group), the page index and the footer.
 */
final class ShardWriter {
  private static final int INDEX_TRUNCATE_BYTES = 64;

  private final String id;
  private final CheckpointLayout layout;
  private final Map<String, RecipeEntry> entries;
  private final ShardSchema schema;
  private final PageCompression compression;
  private final GroupValues groups;

  /**
   * Prepares a writer, for one thread.
   *
   * @param id id of the checkpoint
   * @param entries entries of the recipe by tensor
   * @param values gives the values
   * @param kernels sums them up
   */
  ShardWriter(
      String id,
      CheckpointLayout layout,
      Map<String, RecipeEntry> entries,
      TensorValues values,
      Kernels kernels) {
    this.id = id;
    this.layout = layout;
    this.entries = entries;
    this.schema = ShardSchema.of(layout.dtype());
    this.compression = new PageCompression(layout.codec(), layout.codecLevel());
    this.groups = GroupValues.of(layout, values, kernels);
  }

  /**
   * Writes a shard and leaves the stream open.
   *
   * @param path what the result names the file
   */
  ShardResult write(ShardSpec spec, String path, OutputStream out) throws IOException {
    SealedOutput sealed = new SealedOutput(out);
    ParquetFileWriter file =
        new ParquetFileWriter(
            sealed,
            schema.message(),
            ParquetFileWriter.Mode.CREATE,
            layout.rowGroupBytes(),
            0,
            INDEX_TRUNCATE_BYTES,
            Integer.MAX_VALUE,
            false);
    file.start();
    List<RangeResult> results = new ArrayList<>();
    for (ShardRange range : spec.ranges()) {
      results.add(writeRange(file, range));
    }
    sealed.hold();
    file.end(Map.of());
    ShardIdentity identity = identity(spec, results, sealed.bodyCrc32c());
    sealed.finish(ShardFooter.of(schema, file.getFooter().getBlocks(), identity));
    return new ShardResult(spec.number(), path, sealed.getPos(), sealed.crc32c(), results);
  }

  private ShardIdentity identity(ShardSpec spec, List<RangeResult> results, int bodyCrc32c) {
    List<ShardIdentity.StoredRange> stored =
        results.stream()
            .map(
                result ->
                    new ShardIdentity.StoredRange(
                        result.range(),
                        RowLength.of(entries.get(result.range().tensor()).shape()),
                        result.elementCount(),
                        result.digest()))
            .toList();
    return new ShardIdentity(id, spec.number(), bodyCrc32c, stored);
  }

  private RangeResult writeRange(ParquetFileWriter file, ShardRange range) throws IOException {
    RecipeEntry entry = entries.get(range.tensor());
    int rowLength = RowLength.of(entry.shape());
    RangeAccumulator accumulator = new RangeAccumulator();
    long rowsPerGroup = layout.rowsPerGroup(rowLength);
    for (long row = range.firstRow(); row < range.endRow(); row += rowsPerGroup) {
      long count = Math.min(rowsPerGroup, range.endRow() - row);
      writeGroup(file, entry, new ShardRange(range.tensor(), row, count), accumulator);
    }
    return accumulator.result(range);
  }

  private void writeGroup(
      ParquetFileWriter file, RecipeEntry entry, ShardRange rows, RangeAccumulator accumulator)
      throws IOException {
    int rowsPerPage = layout.rowsPerPage(RowLength.of(entry.shape()));
    RowGroupWriter group = new RowGroupWriter(file, schema, compression, rows, rowsPerPage);
    group.begin();
    groups.write(group, entry, PagePlan.of(entry.shape(), rows, rowsPerPage), accumulator);
    group.end();
  }
}
