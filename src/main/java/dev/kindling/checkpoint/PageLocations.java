package dev.kindling.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.parquet.format.PageLocation;
import org.apache.parquet.format.Util;

/**
 * Where the pages of a chunk begin, from the file's offset index.
 *
 * @param chunk the chunk
 * @param pages its pages in order
 */
record PageLocations(ShardIndex.Chunk chunk, List<PageLocation> pages) {
  /**
   * Reads the locations.
   *
   * @throws DamagedShardException if they are none of this chunk
   */
  static PageLocations read(FSDataInputStream in, String file, ShardIndex.Chunk chunk)
      throws IOException {
    byte[] bytes = new byte[chunk.locationsBytes()];
    in.readFully(chunk.locationsStart(), bytes);
    try {
      List<PageLocation> pages =
          Util.readOffsetIndex(new ByteArrayInputStream(bytes)).getPage_locations();
      PageLocations locations = new PageLocations(chunk, pages);
      if (locations.fit()) {
        return locations;
      }
    } catch (IOException | RuntimeException e) {
      throw new DamagedShardException(file, "offset index is damaged", e);
    }
    throw new DamagedShardException(file, "offset index is damaged");
  }

  private boolean fit() {
    long row = -1;
    long offset = chunk.start() - 1;
    for (PageLocation page : pages) {
      if (page.getFirst_row_index() <= row || page.getOffset() <= offset) {
        return false;
      }
      row = page.getFirst_row_index();
      offset = page.getOffset();
    }
    return !pages.isEmpty()
        && pages.get(0).getFirst_row_index() == 0
        && row < chunk.rowCount()
        && offset < chunk.end();
  }

  /** Returns the page that holds a row of the tensor. */
  int pageOf(long row) {
    int page = pages.size() - 1;
    while (firstRow(page) > row) {
      page--;
    }
    return page;
  }

  /** Returns the row of the tensor with which a page begins. */
  long firstRow(int page) {
    return chunk.firstRow() + pages.get(page).getFirst_row_index();
  }

  /** Returns where a page begins in the file. */
  long offset(int page) {
    return pages.get(page).getOffset();
  }
}
