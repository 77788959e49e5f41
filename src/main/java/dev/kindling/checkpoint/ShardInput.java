package dev.kindling.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.Checksum;

/** A stream that counts and checks the bytes read from it. */
final class ShardInput extends InputStream {
  private final InputStream in;
  private final Checksum crc32c = Crc.CRC32C.start();
  private final byte[] skipped = new byte[1 << 16];
  private long position;

  ShardInput(InputStream in, long position) {
    this.in = in;
    this.position = position;
  }

  /** Returns the position in the file of the next byte. */
  long position() {
    return position;
  }

  /** Returns the check of all bytes read. */
  int crc32c() {
    return (int) crc32c.getValue();
  }

  /** Reads and checks all bytes up to a position. */
  void readTo(long end) throws IOException {
    while (position < end) {
      readFully(skipped, (int) Math.min(skipped.length, end - position));
    }
  }

  /** Reads bytes into the front of an array. */
  void readFully(byte[] bytes, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int count = read(bytes, done, length - done);
      if (count < 0) {
        throw new EOFException("file ends at byte " + position);
      }
      done += count;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = in.read(bytes, offset, length);
    if (count > 0) {
      crc32c.update(bytes, offset, count);
      position += count;
    }
    return count;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
