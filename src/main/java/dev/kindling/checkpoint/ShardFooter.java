package dev.kindling.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.PageEncodingStats;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;

/**
 * Turns a shard's metadata into footer bytes that depend on nothing else. parquet-hadoop keeps a
 * chunk's encodings in a {@code HashSet} of enums, whose order changes from one JVM to the next;
 * here they are sorted, as is the key-value metadata.
 */
final class ShardFooter {
  /** Has the form that readers parse before they trust a file's statistics. */
  static final String CREATED_BY = "kindling version 1.0.0 (build 0)";

  private ShardFooter() {}

  static byte[] of(ShardSchema schema, List<BlockMetaData> blocks, ShardIdentity identity)
      throws IOException {
    Map<String, String> metadata = identity.toMetadata();
    ParquetMetadata footer =
        new ParquetMetadata(
            new org.apache.parquet.hadoop.metadata.FileMetaData(
                schema.message(), metadata, CREATED_BY),
            blocks);
    FileMetaData format =
        new ParquetMetadataConverter().toParquetMetadata(ParquetFileWriter.CURRENT_VERSION, footer);
    format.getKey_value_metadata().sort(Comparator.comparing(KeyValue::getKey));
    for (RowGroup group : format.getRow_groups()) {
      for (ColumnChunk chunk : group.getColumns()) {
        sort(chunk.getMeta_data());
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Util.writeFileMetaData(format, bytes);
    return bytes.toByteArray();
  }

  private static void sort(ColumnMetaData column) {
    column.getEncodings().sort(Comparator.comparing(Encoding::getValue));
    column
        .getEncoding_stats()
        .sort(
            Comparator.comparing(PageEncodingStats::getPage_type)
                .thenComparing(PageEncodingStats::getEncoding));
  }
}
