package dev.kindling.checkpoint;

import java.io.IOException;
import java.util.Arrays;

/**
 * Indices of a page in Parquet's RLE_DICTIONARY encoding: a byte with the bit width, then runs.
 * Ours are bit-packed runs of {@link #RUN} indices (the last one padded with zeros to a multiple of
 * 8), or, where the dictionary has one value only, one run of bit width 0.
 */
final class PackedIndices {
  /** Indices in a run: so many that headers do not count, so few that readers can hold them. */
  static final int RUN = 8192;

  private PackedIndices() {}

  /** Returns the bits of an index into a dictionary. */
  static int bitWidth(int dictionarySize) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(dictionarySize - 1);
  }

  /** Returns the most bytes that so many indices take. */
  static int mostBytes(int dictionarySize, int count) {
    int runs = count / RUN + 1;
    return Math.toIntExact(
        1 + 5L * runs + ((long) count + 7) / 8 * Math.max(1, bitWidth(dictionarySize)));
  }

  /**
   * Writes the indices of values.
   *
   * @param codes holds the values, two bytes each
   * @return the bytes written
   */
  static int write(
      CodeDictionary dictionary,
      byte[] codes,
      int codesOffset,
      int count,
      byte[] target,
      int offset) {
    int width = bitWidth(dictionary.size());
    target[offset] = (byte) width;
    int position = offset + 1;
    if (width == 0) {
      return varint(count << 1, target, position) - offset;
    }
    for (int done = 0; done < count; done += RUN) {
      int length = Math.min(RUN, count - done);
      position = varint(packedHead((length + 7) / 8), target, position);
      int start = codesOffset + done * Short.BYTES;
      position = pack(dictionary, codes, start, length, width, target, position);
    }
    return position - offset;
  }

  private static int pack(
      CodeDictionary dictionary,
      byte[] codes,
      int start,
      int length,
      int width,
      byte[] target,
      int offset) {
    int position = offset;
    long bits = 0;
    int held = 0;
    for (int i = 0; i < ((length + 7) & -8); i++) {
      if (i < length) {
        int code = CodeDictionary.code(codes, start + i * Short.BYTES);
        bits |= (long) dictionary.indexOf(code) << held;
      }
      held += width;
      while (held >= Byte.SIZE) {
        target[position++] = (byte) bits;
        bits >>>= Byte.SIZE;
        held -= Byte.SIZE;
      }
    }
    return position;
  }

  /** Returns the head of a bit-packed run of so many times 8 indices. */
  private static int packedHead(int groups) {
    return (groups << 1) | 1;
  }

  private static int varint(int value, byte[] target, int offset) {
    int position = offset;
    int rest = value;
    while ((rest & ~0x7F) != 0) {
      target[position++] = (byte) ((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    target[position++] = (byte) rest;
    return position;
  }

  /**
   * Turns indices as {@link #write} writes them into values.
   *
   * @param page holds the indices from {@code offset} to {@code end}
   * @param codes the dictionary
   * @param target receives the values, two bytes each
   * @throws IOException if they are not what {@code write} writes
   */
  static void read(byte[] page, int offset, int end, char[] codes, int count, byte[] target)
      throws IOException {
    int width = bitWidth(codes.length);
    int position = offset + 1;
    require(position <= end && page[offset] == width);
    if (width == 0) {
      position = expect(count << 1, page, position, end);
      unpack(page, position, width, codes, count, target, 0);
    }
    for (int done = 0; width > 0 && done < count; done += RUN) {
      int length = Math.min(RUN, count - done);
      int groups = (length + 7) / 8;
      position = expect(packedHead(groups), page, position, end);
      require(groups * width <= end - position);
      unpack(page, position, width, codes, length, target, done * Short.BYTES);
      position += groups * width;
    }
    require(position == end);
  }

  /** Reads the head of a run and returns the place behind it. */
  private static int expect(int head, byte[] page, int offset, int end) throws IOException {
    byte[] bytes = new byte[5];
    int length = varint(head, bytes, 0);
    require(length <= end - offset);
    require(Arrays.equals(page, offset, offset + length, bytes, 0, length));
    return offset + length;
  }

  private static void unpack(
      byte[] page, int offset, int width, char[] codes, int length, byte[] target, int start)
      throws IOException {
    int position = offset;
    long bits = 0;
    int held = 0;
    int mask = (1 << width) - 1;
    for (int i = 0; i < length; i++) {
      while (held < width) {
        bits |= (page[position++] & 0xFFL) << held;
        held += Byte.SIZE;
      }
      int index = (int) bits & mask;
      bits >>>= width;
      held -= width;
      require(index < codes.length);
      target[start + i * Short.BYTES] = (byte) codes[index];
      target[start + i * Short.BYTES + 1] = (byte) (codes[index] >>> Byte.SIZE);
    }
  }

  private static void require(boolean condition) throws IOException {
    if (!condition) {
      throw new IOException("indices of the dictionary are damaged");
    }
  }
}
