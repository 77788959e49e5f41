package dev.kindling.checkpoint;

import dev.kindling.model.Shape;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.TensorValues;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.parquet.hadoop.ParquetFileWriter;

/**
 * Writes the bytes of one shard: Parquet with the columns of {@link ShardSchema}, row groups of one
 * tensor each, and the footer of {@link ShardFooter}. The bytes are a function of id,
 * specification, entries, layout and values, whatever JVM writes them.
 *
 * <p>Memory: one page as floats and as bytes (some MiB for all but the longest rows, 32 MiB for
 * those), the page index and the footer.
 */
final class ShardWriter {
  private static final int INDEX_TRUNCATE_BYTES = 64;

  private final String id;
  private final CheckpointLayout layout;
  private final Map<String, RecipeEntry> entries;
  private final TensorValues values;
  private float[] floats = new float[0];
  private byte[] page = new byte[0];

  /**
   * Prepares a writer, for one thread.
   *
   * @param id id of the checkpoint
   * @param entries entries of the recipe by tensor
   * @param values gives the values
   */
  ShardWriter(
      String id, CheckpointLayout layout, Map<String, RecipeEntry> entries, TensorValues values) {
    this.id = id;
    this.layout = layout;
    this.entries = entries;
    this.values = values;
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
            ShardSchema.MESSAGE,
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
    sealed.finish(ShardFooter.of(file.getFooter().getBlocks(), identity));
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
    Shape shape = entry.shape();
    int rowsPerPage = layout.rowsPerPage(RowLength.of(shape));
    RowGroupWriter group =
        new RowGroupWriter(file, layout.codec().parquetName(), rows, rowsPerPage);
    group.begin();
    group.beginValues(flatEnd(shape, rows.endRow()) - flatStart(shape, rows.firstRow()));
    for (long row = rows.firstRow(); row < rows.endRow(); row += rowsPerPage) {
      long end = Math.min(row + rowsPerPage, rows.endRow());
      long start = flatStart(shape, row);
      int valueCount = (int) (flatEnd(shape, end) - start);
      int length = fillPage(entry, start, valueCount, accumulator);
      group.writeValues(page, length, valueCount, end - row);
    }
    group.end();
  }

  /** Fills the page with levels and values, and returns its length in bytes. */
  private int fillPage(
      RecipeEntry entry, long start, int valueCount, RangeAccumulator accumulator) {
    byte[] levels = LevelRuns.of(RowLength.of(entry.shape()), valueCount);
    int length = levels.length + valueCount * Float.BYTES;
    if (page.length < length) {
      page = new byte[length];
    }
    if (floats.length < valueCount) {
      floats = new float[valueCount];
    }
    values.fill(entry, start, floats, 0, valueCount);
    System.arraycopy(levels, 0, page, 0, levels.length);
    ByteBuffer.wrap(page, levels.length, length - levels.length)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .put(floats, 0, valueCount);
    accumulator.addPage(floats, valueCount, page, levels.length);
    return length;
  }

  private static long flatStart(Shape shape, long row) {
    return row * RowLength.of(shape);
  }

  private static long flatEnd(Shape shape, long endRow) {
    return Math.min(Math.multiplyExact(endRow, RowLength.of(shape)), shape.elementCount());
  }
}
