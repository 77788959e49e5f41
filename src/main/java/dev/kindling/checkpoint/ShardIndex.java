package dev.kindling.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.internal.hadoop.metadata.IndexReference;

/**
 * What a shard's footer says, read only after its check has passed and then held against the length
 * of the file, so that a damaged file cannot ask for memory that it does not fill.
 *
 * @param identity what the shard says of itself
 * @param bodyBytes bytes in front of the footer's check
 * @param chunks the column chunks of values, in the order of the file
 */
record ShardIndex(ShardIdentity identity, long bodyBytes, List<Chunk> chunks) {
  /** A footer above this is not ours: it takes about 1 KiB per row group of 64 MiB. */
  private static final int MAX_FOOTER_BYTES = 256 << 20;

  /**
   * The values of a row group.
   *
   * @param range the range that it is part of
   * @param firstRow its first row
   * @param rowCount its rows
   * @param start position of its first page in the file
   * @param end position behind its last page
   * @param locationsStart position of the list of its pages
   * @param locationsBytes length of that list
   */
  record Chunk(
      ShardIdentity.StoredRange range,
      long firstRow,
      long rowCount,
      long start,
      long end,
      long locationsStart,
      int locationsBytes) {
    /** Returns the flat index of the first value. */
    long flatStart() {
      return firstRow * range.rowLength();
    }

    /** Returns the number of values. */
    long valueCount() {
      long before = (firstRow - range.range().firstRow()) * range.rowLength();
      return Math.min(rowCount * range.rowLength(), range.elementCount() - before);
    }
  }

  ShardIndex {
    chunks = List.copyOf(chunks);
  }

  /**
   * Reads the end of a shard.
   *
   * @throws DamagedShardException if it is not that of a shard
   */
  static ShardIndex read(FSDataInputStream in, String file, long lengthBytes) throws IOException {
    int least = 4 + SealedOutput.SEAL_BYTES + SealedOutput.TAIL_BYTES;
    if (lengthBytes < least) {
      throw new DamagedShardException(
          file,
          "too short for Parquet (expected at least %d bytes, found %d)"
              .formatted(least, lengthBytes));
    }
    byte[] tail = new byte[SealedOutput.TAIL_BYTES];
    in.readFully(lengthBytes - tail.length, tail);
    if (!Arrays.equals(tail, 4, 8, SealedOutput.MAGIC, 0, 4)) {
      throw new DamagedShardException(file, "does not end with PAR1, it is cut off or overwritten");
    }
    int footerBytes = littleEndian(tail, 0);
    if (footerBytes < 0 || footerBytes > Math.min(MAX_FOOTER_BYTES, lengthBytes - least)) {
      throw new DamagedShardException(
          file,
          "footer does not fit the file (%d bytes, file %d)".formatted(footerBytes, lengthBytes));
    }
    byte[] footer = new byte[SealedOutput.SEAL_BYTES + footerBytes];
    long bodyBytes = lengthBytes - tail.length - footer.length;
    in.readFully(bodyBytes, footer);
    int found = Crc.CRC32C.of(footer, SealedOutput.SEAL_BYTES, footerBytes);
    if (found != littleEndian(footer, 0)) {
      throw new DamagedShardException(
          file,
          "footer is damaged (expected CRC-32C %s, found %s)"
              .formatted(Crc.hex(littleEndian(footer, 0)), Crc.hex(found)));
    }
    return parse(file, footer, bodyBytes);
  }

  private static ShardIndex parse(String file, byte[] footer, long bodyBytes)
      throws DamagedShardException {
    try {
      ParquetMetadata metadata =
          new ParquetMetadataConverter()
              .readParquetMetadata(
                  new ByteArrayInputStream(
                      footer, SealedOutput.SEAL_BYTES, footer.length - SealedOutput.SEAL_BYTES),
                  ParquetMetadataConverter.NO_FILTER);
      ShardIdentity identity =
          ShardIdentity.parse(metadata.getFileMetaData().getKeyValueMetaData());
      return new ShardIndex(
          identity, bodyBytes, chunks(identity.ranges(), metadata.getBlocks(), bodyBytes));
    } catch (IOException | RuntimeException e) {
      throw new DamagedShardException(file, "footer is not that of a shard: " + e.getMessage(), e);
    }
  }

  /** Deals the row groups to the ranges, which they fill in order. */
  private static List<Chunk> chunks(
      List<ShardIdentity.StoredRange> ranges, List<BlockMetaData> blocks, long bodyBytes) {
    List<Chunk> chunks = new ArrayList<>();
    Iterator<BlockMetaData> groups = blocks.iterator();
    long end = SealedOutput.MAGIC.length;
    for (ShardIdentity.StoredRange range : ranges) {
      long row = range.range().firstRow();
      while (row < range.range().endRow()) {
        if (!groups.hasNext()) {
          throw new IllegalArgumentException("rows of " + range.range().tensor() + " are missing");
        }
        Chunk chunk = chunk(range, row, groups.next());
        if (chunk.start < end
            || chunk.end < chunk.start
            || chunk.end > bodyBytes
            || chunk.locationsStart < chunk.end
            || chunk.locationsBytes < 0
            || chunk.locationsStart + chunk.locationsBytes > bodyBytes) {
          throw new IllegalArgumentException("pages lie outside of the file");
        }
        chunks.add(chunk);
        row += chunk.rowCount;
        end = chunk.end;
      }
      if (row != range.range().endRow()) {
        throw new IllegalArgumentException("too many rows of " + range.range().tensor());
      }
    }
    if (groups.hasNext()) {
      throw new IllegalArgumentException("row groups that belong to no range");
    }
    return chunks;
  }

  private static Chunk chunk(ShardIdentity.StoredRange range, long row, BlockMetaData block) {
    if (block.getColumns().size() != 3 || block.getRowCount() < 1) {
      throw new IllegalArgumentException("row group without rows or without the three columns");
    }
    ColumnChunkMetaData column = block.getColumns().get(2);
    long start = column.getStartingPos();
    IndexReference locations = column.getOffsetIndexReference();
    return new Chunk(
        range,
        row,
        block.getRowCount(),
        start,
        start + column.getTotalSize(),
        locations.getOffset(),
        locations.getLength());
  }

  private static int littleEndian(byte[] bytes, int offset) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
  }
}
