package dev.kindling.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;

/**
 * Writes one row group: rows of one tensor in three column chunks, all cut into pages at the same
 * rows. Pages are version 1 data pages. {@code tensor} has a dictionary of one name, so its indices
 * are runs of bit width 0; {@code row} is DELTA_BINARY_PACKED; both have minimum and maximum, in
 * the chunk and in the column index, and are never compressed.
 */
final class RowGroupWriter {
  private static final int DELTA_BUFFER_BYTES = 1024;
  private static final int DELTA_PAGE_BYTES = 1 << 20;

  private final ParquetFileWriter file;
  private final ShardSchema schema;
  private final PageCompression compression;
  private final ShardRange rows;
  private final int rowsPerPage;

  /**
   * Prepares a row group.
   *
   * @param rows what it holds
   * @param rowsPerPage rows in every page but the last
   */
  RowGroupWriter(
      ParquetFileWriter file,
      ShardSchema schema,
      PageCompression compression,
      ShardRange rows,
      int rowsPerPage) {
    this.file = file;
    this.schema = schema;
    this.compression = compression;
    this.rows = rows;
    this.rowsPerPage = rowsPerPage;
  }

  /** Begins the group and writes its first two columns. */
  void begin() throws IOException {
    file.startBlock(rows.rowCount());
    writeTensorColumn();
    writeRowColumn();
  }

  /** Begins the column of values. */
  void beginValues(long valueCount, CompressionCodecName codec) throws IOException {
    file.startColumn(schema.values(), valueCount, codec);
  }

  /** Writes the dictionary of the column of values. */
  void writeDictionary(byte[] dictionary, int entries) throws IOException {
    BytesInput compressed = compression.compress(BytesInput.from(dictionary));
    file.writeDictionaryPage(
        new DictionaryPage(compressed, dictionary.length, entries, Encoding.PLAIN));
  }

  /** Writes a page of values: {@code length} bytes, levels in front. */
  void writeValues(byte[] page, int length, int valueCount, long rowCount, Encoding encoding)
      throws IOException {
    Statistics<?> none =
        Statistics.getBuilderForReading(schema.values().getPrimitiveType()).build();
    BytesInput compressed = compression.compress(BytesInput.from(page, 0, length));
    file.writeDataPage(
        valueCount, length, compressed, none, rowCount, Encoding.RLE, Encoding.RLE, encoding);
  }

  /** Ends the column of values and the group. */
  void end() throws IOException {
    file.endColumn();
    file.endBlock();
  }

  private void writeTensorColumn() throws IOException {
    byte[] name = rows.tensor().getBytes(StandardCharsets.UTF_8);
    byte[] dictionary =
        ByteBuffer.allocate(4 + name.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(name.length)
            .put(name)
            .array();
    file.startColumn(schema.tensor(), rows.rowCount(), CompressionCodecName.UNCOMPRESSED);
    file.writeDictionaryPage(new DictionaryPage(BytesInput.from(dictionary), 1, Encoding.PLAIN));
    for (long row = rows.firstRow(); row < rows.endRow(); row += rowsPerPage) {
      int count = pageRows(row);
      Statistics<?> statistics = Statistics.createStats(schema.tensor().getPrimitiveType());
      statistics.updateStats(Binary.fromConstantByteArray(name));
      writePage(count, zeroIndices(count), statistics, Encoding.RLE_DICTIONARY);
    }
    file.endColumn();
  }

  /** Returns {@code count} indices 0: the bit width 0, then one run, whose value takes no byte. */
  private static BytesInput zeroIndices(int count) {
    return BytesInput.concat(
        BytesInput.from(new byte[] {0}), BytesInput.fromUnsignedVarLong((long) count << 1));
  }

  private void writeRowColumn() throws IOException {
    file.startColumn(schema.row(), rows.rowCount(), CompressionCodecName.UNCOMPRESSED);
    DeltaBinaryPackingValuesWriterForLong delta =
        new DeltaBinaryPackingValuesWriterForLong(
            DELTA_BUFFER_BYTES, DELTA_PAGE_BYTES, HeapByteBufferAllocator.getInstance());
    for (long row = rows.firstRow(); row < rows.endRow(); row += rowsPerPage) {
      int count = pageRows(row);
      for (int i = 0; i < count; i++) {
        delta.writeLong(row + i);
      }
      Statistics<?> statistics = Statistics.createStats(schema.row().getPrimitiveType());
      statistics.updateStats(row);
      statistics.updateStats(row + count - 1);
      writePage(count, delta.getBytes(), statistics, Encoding.DELTA_BINARY_PACKED);
      delta.reset();
    }
    delta.close();
    file.endColumn();
  }

  private int pageRows(long row) {
    return (int) Math.min(rowsPerPage, rows.endRow() - row);
  }

  private void writePage(
      int rowCount, BytesInput bytes, Statistics<?> statistics, Encoding encoding)
      throws IOException {
    int size = Math.toIntExact(bytes.size());
    file.writeDataPage(
        rowCount, size, bytes, statistics, rowCount, Encoding.RLE, Encoding.RLE, encoding);
  }
}
