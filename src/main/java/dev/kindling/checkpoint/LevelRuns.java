package dev.kindling.checkpoint;

import java.util.Arrays;

/**
 * The levels of a page of {@code values}, as a version 1 data page has them in front of the values:
 * repetition levels, then definition levels, each a 4-byte little-endian length and run-length runs
 * of the RLE / bit-packing hybrid at bit width 1. A row is a repetition level 0 (a new row) and,
 * behind it, as many 1 as it has further values; all definition levels are 1, for no row is empty.
 */
final class LevelRuns {
  private static final int LENGTH_BYTES = 4;

  private byte[] bytes = new byte[64];
  private int size;

  private LevelRuns() {}

  /**
   * Returns the levels of consecutive rows.
   *
   * @param rowLength values in every row but the last
   * @param valueCount values in all rows, at least one
   */
  static byte[] of(int rowLength, int valueCount) {
    LevelRuns runs = new LevelRuns();
    runs.repetitionLevels(rowLength, valueCount);
    int start = runs.beginLength();
    runs.run(1, valueCount);
    runs.endLength(start);
    return Arrays.copyOf(runs.bytes, runs.size);
  }

  private void repetitionLevels(int rowLength, int valueCount) {
    int start = beginLength();
    if (rowLength == 1) {
      run(0, valueCount);
    } else {
      for (int done = 0; done < valueCount; done += rowLength) {
        run(0, 1);
        run(1, Math.min(rowLength, valueCount - done) - 1);
        if (rowLength > Integer.MAX_VALUE - done) {
          break;
        }
      }
    }
    endLength(start);
  }

  private int beginLength() {
    int start = size;
    for (int i = 0; i < LENGTH_BYTES; i++) {
      put(0);
    }
    return start;
  }

  private void endLength(int start) {
    int length = size - start - LENGTH_BYTES;
    for (int i = 0; i < LENGTH_BYTES; i++) {
      bytes[start + i] = (byte) (length >>> (8 * i));
    }
  }

  /** Puts a run: its length times two as an unsigned LEB128 number, then the value in one byte. */
  private void run(int level, int count) {
    if (count == 0) {
      return;
    }
    long header = (long) count << 1;
    while (header >= 0x80) {
      put((int) ((header & 0x7F) | 0x80));
      header >>>= 7;
    }
    put((int) header);
    put(level);
  }

  private void put(int value) {
    if (size == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * size);
    }
    bytes[size++] = (byte) value;
  }
}
