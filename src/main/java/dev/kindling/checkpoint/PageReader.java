package dev.kindling.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;

/**
 * Decodes pages of values; what it holds is that of the last page and is used again for the next.
 */
final class PageReader {
  private final String file;
  private byte[] bytes = new byte[0];
  private float[] floats = new float[0];
  private int levelBytes;
  private int valueCount;

  PageReader(String file) {
    this.file = file;
  }

  /** Returns the values of the page, {@link #valueCount} of them. */
  float[] floats() {
    return floats;
  }

  int valueCount() {
    return valueCount;
  }

  /** Returns the page's bytes, whose values begin at {@link #valuesOffset}. */
  byte[] bytes() {
    return bytes;
  }

  int valuesOffset() {
    return levelBytes;
  }

  /**
   * Reads the next page of a chunk.
   *
   * @param remaining values of the chunk that have not been read
   * @throws DamagedShardException if it is not a page of ours
   */
  void read(ShardInput in, ShardIndex.Chunk chunk, long remaining) throws IOException {
    long position = in.position();
    PageHeader header = header(in, position);
    int size = header.getCompressed_page_size();
    int count = valueCount(header);
    int rowLength = chunk.range().rowLength();
    boolean wholeRows = count == remaining || count % rowLength == 0;
    if (count < 1 || count > remaining || !wholeRows || size > chunk.end() - in.position()) {
      throw damaged(position, "page header is damaged");
    }
    long valueBytes = (long) count * Float.BYTES;
    if (size <= valueBytes) {
      throw damaged(position, "page is too small for its values");
    }
    if (bytes.length < size) {
      bytes = new byte[size];
    }
    in.readFully(bytes, size);
    byte[] levels = LevelRuns.of(rowLength, count);
    if (levels.length != size - valueBytes || !startsWith(levels)) {
      throw damaged(position, "levels are damaged");
    }
    decode(levels.length, count);
  }

  private void decode(int offset, int count) {
    levelBytes = offset;
    valueCount = count;
    if (floats.length < count) {
      floats = new float[count];
    }
    ByteBuffer.wrap(bytes, offset, count * Float.BYTES)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(floats, 0, count);
  }

  private boolean startsWith(byte[] levels) {
    return Arrays.equals(bytes, 0, levels.length, levels, 0, levels.length);
  }

  private PageHeader header(ShardInput in, long position) throws DamagedShardException {
    try {
      return Util.readPageHeader(in);
    } catch (IOException | RuntimeException e) {
      throw new DamagedShardException(
          file, "page header at byte %d is damaged".formatted(position), e);
    }
  }

  private int valueCount(PageHeader header) {
    DataPageHeader data = header.getData_page_header();
    boolean ours =
        header.getType() == PageType.DATA_PAGE
            && data != null
            && data.getEncoding() == Encoding.PLAIN
            && header.getUncompressed_page_size() == header.getCompressed_page_size();
    return ours ? data.getNum_values() : -1;
  }

  private DamagedShardException damaged(long position, String reason) {
    return new DamagedShardException(file, "%s at byte %d".formatted(reason, position));
  }
}
