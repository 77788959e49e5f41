package dev.kindling.checkpoint;

import dev.kindling.model.ElementType;
import dev.kindling.model.NarrowFloats;
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
  private final CheckpointLayout layout;
  private final PageCompression compression;
  private byte[] raw = new byte[0];
  private byte[] decoded = new byte[0];
  private byte[] bytes = raw;
  private int offset;
  private int valueCount;
  private char[] dictionary = new char[0];

  PageReader(String file, CheckpointLayout layout) {
    this.file = file;
    this.layout = layout;
    this.compression = new PageCompression(layout.codec(), layout.codecLevel());
  }

  int valueCount() {
    return valueCount;
  }

  /** Returns what holds the values of the page, in the checkpoint's element type. */
  byte[] bytes() {
    return bytes;
  }

  /** Returns where the values begin. */
  int offset() {
    return offset;
  }

  /** Reads what stands in front of the pages of a chunk. */
  void begin(ShardInput in, ShardIndex.Chunk chunk) throws IOException {
    if (layout.encoding() != PageEncoding.DICTIONARY) {
      return;
    }
    long position = in.position();
    PageHeader header = header(in, position);
    int entries =
        header.getType() == PageType.DICTIONARY_PAGE && header.isSetDictionary_page_header()
            ? header.getDictionary_page_header().getNum_values()
            : 0;
    boolean fits =
        entries >= 1
            && entries <= 1 << Short.SIZE
            && header.getUncompressed_page_size() == entries * Float.BYTES;
    if (!fits) {
      throw damaged(position, "dictionary is damaged");
    }
    byte[] page = body(in, chunk, header, position);
    dictionary = codes(page, entries, position);
  }

  private char[] codes(byte[] page, int entries, long position) throws DamagedShardException {
    ByteBuffer floats = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
    char[] codes = new char[entries];
    for (int i = 0; i < entries; i++) {
      float value = floats.getFloat();
      codes[i] =
          (char)
              (layout.dtype() == ElementType.F16
                  ? NarrowFloats.toF16(value)
                  : NarrowFloats.toBf16(value));
      float back = NarrowPiece.widened(layout.dtype(), (short) codes[i]);
      if (Float.floatToRawIntBits(back) != Float.floatToRawIntBits(value)) {
        throw damaged(position, "dictionary holds no %s".formatted(layout.dtype().label()));
      }
    }
    return codes;
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
    int count = valueCount(header);
    int rowLength = chunk.range().rowLength();
    boolean wholeRows = count == remaining || count % rowLength == 0;
    if (count < 1 || count > remaining || !wholeRows) {
      throw damaged(position, "page header is damaged");
    }
    byte[] levels = LevelRuns.of(rowLength, count);
    int size = header.getUncompressed_page_size();
    if (!isSize(size - (long) levels.length, count)) {
      throw damaged(position, "page has the wrong size for its values");
    }
    byte[] page = body(in, chunk, header, position);
    if (!Arrays.equals(page, 0, levels.length, levels, 0, levels.length)) {
      throw damaged(position, "levels are damaged");
    }
    decode(page, levels.length, size, count, position);
  }

  private boolean isSize(long valueBytes, int count) {
    return switch (layout.encoding()) {
      case PLAIN, BYTE_STREAM_SPLIT -> valueBytes == (long) count * layout.dtype().bytes();
      case DICTIONARY ->
          valueBytes >= 1 && valueBytes <= PackedIndices.mostBytes(dictionary.length, count);
    };
  }

  /** Returns the page after the header, decompressed; longer than it if the array is. */
  private byte[] body(ShardInput in, ShardIndex.Chunk chunk, PageHeader header, long position)
      throws IOException {
    int compressed = header.getCompressed_page_size();
    int size = header.getUncompressed_page_size();
    boolean same = layout.codec() == Codec.UNCOMPRESSED;
    if (compressed < 1
        || compressed > chunk.end() - in.position()
        || (same && compressed != size)) {
      throw damaged(position, "page header is damaged");
    }
    raw = GroupValues.atLeast(raw, compressed);
    in.readFully(raw, compressed);
    if (same) {
      return raw;
    }
    try {
      return compression.decompress(raw, compressed, size);
    } catch (IOException | RuntimeException e) {
      throw new DamagedShardException(
          file, "page at byte %d cannot be decompressed".formatted(position), e);
    }
  }

  private void decode(byte[] page, int from, int end, int count, long position)
      throws DamagedShardException {
    valueCount = count;
    int width = layout.dtype().bytes();
    switch (layout.encoding()) {
      case PLAIN -> {
        bytes = page;
        offset = from;
      }
      case BYTE_STREAM_SPLIT -> {
        useDecoded(count * width);
        ByteStreams.join(page, from, decoded, count, width);
      }
      case DICTIONARY -> {
        useDecoded(count * width);
        try {
          PackedIndices.read(page, from, end, dictionary, count, decoded);
        } catch (IOException e) {
          throw damaged(position, e.getMessage());
        }
      }
    }
  }

  private void useDecoded(int length) {
    decoded = GroupValues.atLeast(decoded, length);
    bytes = decoded;
    offset = 0;
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
        header.getType() == PageType.DATA_PAGE && data != null && data.getEncoding() == encoding();
    return ours ? data.getNum_values() : -1;
  }

  private Encoding encoding() {
    return switch (layout.encoding()) {
      case PLAIN -> Encoding.PLAIN;
      case BYTE_STREAM_SPLIT -> Encoding.BYTE_STREAM_SPLIT;
      case DICTIONARY -> Encoding.RLE_DICTIONARY;
    };
  }

  private DamagedShardException damaged(long position, String reason) {
    return new DamagedShardException(file, "%s at byte %d".formatted(reason, position));
  }
}
