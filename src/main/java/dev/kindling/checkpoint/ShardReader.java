package dev.kindling.checkpoint;

import dev.kindling.kernel.Kernels;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Reads a shard back. Whatever its bytes, reading ends with values, an {@link IOException} of the
 * file system, or a {@link DamagedShardException} that names the file and what is wrong. Memory:
 * one page.
 */
final class ShardReader implements Closeable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final FSDataInputStream in;
  private final CheckpointLayout layout;
  private final String file;
  private final long lengthBytes;
  private final ShardIndex index;

  private ShardReader(
      FSDataInputStream in,
      CheckpointLayout layout,
      String file,
      long lengthBytes,
      ShardIndex index) {
    this.in = in;
    this.layout = layout;
    this.file = file;
    this.lengthBytes = lengthBytes;
    this.index = index;
  }

  /** Opens a shard of this layout and reads its footer. */
  static ShardReader open(FileSystem fs, Path path, CheckpointLayout layout) throws IOException {
    String file = path.toUri().getPath();
    long lengthBytes = fs.getFileStatus(path).getLen();
    FSDataInputStream in = fs.open(path);
    try {
      ShardIndex index = ShardIndex.read(in, file, lengthBytes);
      return new ShardReader(in, layout, file, lengthBytes, index);
    } catch (EOFException e) {
      in.close();
      throw new DamagedShardException(file, "file is cut off", e);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  ShardIdentity identity() {
    return index.identity();
  }

  /**
   * Reads every byte of the file in order, and gives every value to the sink before its range or
   * the file is known to be whole.
   *
   * @param path what the result names the file
   * @param kernels sums the values up
   * @return what the file holds, the same as its writer returned
   * @throws DamagedShardException if a byte is not as it was written
   */
  ShardResult readAll(String path, Kernels kernels) throws IOException {
    ElementPiece piece = ElementPiece.of(layout.dtype());
    return readAll(
        path, ValueSink.NONE, (pages, accumulator) -> count(pages, piece, accumulator, kernels));
  }

  /** The same, with values for the sink and without statistics. */
  ShardResult check(String path, ValueSink sink) throws IOException {
    return readAll(path, sink, this::digest);
  }

  /** What is done to the values of a page. */
  private interface PageUse {
    void use(PageReader page, RangeAccumulator accumulator);
  }

  private void digest(PageReader page, RangeAccumulator accumulator) {
    int lengthBytes = page.valueCount() * layout.dtype().bytes();
    accumulator.addBytes(page.bytes(), page.offset(), lengthBytes, page.valueCount());
  }

  private void count(
      PageReader page, ElementPiece piece, RangeAccumulator accumulator, Kernels kernels) {
    int width = layout.dtype().bytes();
    for (int done = 0; done < page.valueCount(); done += ElementPiece.SIZE) {
      int length = Math.min(ElementPiece.SIZE, page.valueCount() - done);
      int offset = page.offset() + done * width;
      piece.decode(page.bytes(), offset, length);
      accumulator.add(piece.statistics(kernels), page.bytes(), offset, length * width);
    }
  }

  private ShardResult readAll(String path, ValueSink sink, PageUse use) throws IOException {
    in.seek(0);
    ShardInput input = new ShardInput(new BufferedInputStream(in, BUFFER_BYTES), 0);
    PageReader pages = new PageReader(file, layout);
    List<RangeResult> results = new ArrayList<>();
    RangeAccumulator accumulator = new RangeAccumulator();
    try {
      for (ShardIndex.Chunk chunk : index.chunks()) {
        input.readTo(chunk.start());
        readChunk(input, chunk, pages, accumulator, sink, use);
        if (chunk.firstRow() + chunk.rowCount() == chunk.range().range().endRow()) {
          results.add(checked(chunk.range(), accumulator));
          accumulator = new RangeAccumulator();
        }
      }
      input.readTo(index.bodyBytes());
      checkBody(input.crc32c());
      input.readTo(lengthBytes);
    } catch (EOFException e) {
      throw new DamagedShardException(file, "file is cut off", e);
    }
    return new ShardResult(identity().number(), path, lengthBytes, input.crc32c(), results);
  }

  /**
   * Gives the sink the values of all pages that hold rows of this range of a tensor; reads no other
   * page.
   */
  void readRows(ShardRange rows, ValueSink sink) throws IOException {
    PageReader pages = new PageReader(file, layout);
    for (ShardIndex.Chunk chunk : index.chunks()) {
      boolean overlaps =
          chunk.range().range().tensor().equals(rows.tensor())
              && chunk.firstRow() < rows.endRow()
              && rows.firstRow() < chunk.firstRow() + chunk.rowCount();
      if (overlaps) {
        readPages(chunk, rows, pages, sink);
      }
    }
  }

  private void readPages(ShardIndex.Chunk chunk, ShardRange rows, PageReader pages, ValueSink sink)
      throws IOException {
    pages.begin(inputAt(chunk.start()), chunk);
    PageLocations locations = PageLocations.read(in, file, chunk);
    int page = locations.pageOf(Math.max(rows.firstRow(), chunk.firstRow()));
    ShardInput input = inputAt(locations.offset(page));
    long start = locations.firstRow(page) * chunk.range().rowLength();
    long end = chunk.flatStart() + chunk.valueCount();
    long wanted = Math.min(end, rows.endRow() * chunk.range().rowLength());
    while (start < wanted) {
      pages.read(input, chunk, end - start);
      sink.page(chunk.range(), start, pages.bytes(), pages.offset(), pages.valueCount());
      start += pages.valueCount();
    }
  }

  private ShardInput inputAt(long position) throws IOException {
    in.seek(position);
    return new ShardInput(new BufferedInputStream(in, BUFFER_BYTES), position);
  }

  private void readChunk(
      ShardInput input,
      ShardIndex.Chunk chunk,
      PageReader pages,
      RangeAccumulator accumulator,
      ValueSink sink,
      PageUse use)
      throws IOException {
    pages.begin(input, chunk);
    long remaining = chunk.valueCount();
    long start = chunk.flatStart();
    while (remaining > 0) {
      pages.read(input, chunk, remaining);
      sink.page(chunk.range(), start, pages.bytes(), pages.offset(), pages.valueCount());
      use.use(pages, accumulator);
      start += pages.valueCount();
      remaining -= pages.valueCount();
    }
    if (input.position() != chunk.end()) {
      throw new DamagedShardException(
          file, "bytes behind the last page at byte %d".formatted(input.position()));
    }
  }

  private RangeResult checked(ShardIdentity.StoredRange range, RangeAccumulator accumulator)
      throws DamagedShardException {
    RangeResult result = accumulator.result(range.range());
    if (!result.digest().equals(range.digest())) {
      throw new DamagedShardException(
          file,
          "values of tensor '%s' rows %d to %d are damaged (expected CRC-32/CRC-32C %s, found %s)"
              .formatted(
                  range.range().tensor(),
                  range.range().firstRow(),
                  range.range().endRow() - 1,
                  range.digest(),
                  result.digest()));
    }
    return result;
  }

  private void checkBody(int found) throws DamagedShardException {
    if (found != identity().bodyCrc32c()) {
      throw new DamagedShardException(
          file,
          "bytes outside of the values are damaged (expected CRC-32C %s in front of the footer, found %s)"
              .formatted(Crc.hex(identity().bodyCrc32c()), Crc.hex(found)));
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
