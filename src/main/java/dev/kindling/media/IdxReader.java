package dev.kindling.media;

import dev.kindling.base.InputException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.zip.GZIPInputStream;

/**
 * Reads the records of an IDX file of unsigned bytes, plain or gzipped, one after the other: those
 * of the first axis. Source: LeCun, Cortes, Burges, The MNIST database, "the IDX file format".
 */
public final class IdxReader implements Iterator<byte[]> {
  /** Largest record that is read, whatever the header says. */
  public static final int MAX_RECORD_BYTES = 256 << 20;

  private static final int UNSIGNED_BYTES = 8;
  private static final int GZIP = 0x1f8b;
  private static final int BUFFER_BYTES = 1 << 16;

  private final String file;
  private final DataInputStream stream;
  private final int records;
  private final int recordBytes;
  private int next;

  /**
   * Reads the header of a file.
   *
   * @param stream its bytes; whoever opened it closes it
   * @param file its name, for messages
   * @throws InputException if it is no IDX file of unsigned bytes
   */
  public IdxReader(InputStream stream, String file) {
    this.file = file;
    try {
      this.stream = new DataInputStream(unzipped(stream));
      int magic = this.stream.readInt();
      requireBytes(magic);
      int[] dims = new int[magic & 0xff];
      for (int axis = 0; axis < dims.length; axis++) {
        dims[axis] = this.stream.readInt();
      }
      this.records = dims.length == 0 ? 0 : dims[0];
      this.recordBytes = product(dims);
    } catch (IOException e) {
      throw failed(e instanceof EOFException ? "it ends within its header" : e.getMessage(), e);
    }
  }

  private static InputStream unzipped(InputStream stream) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(stream, BUFFER_BYTES);
    buffered.mark(2);
    int start = buffered.read() << 8 | buffered.read();
    buffered.reset();
    return start == GZIP
        ? new BufferedInputStream(new GZIPInputStream(buffered, BUFFER_BYTES), BUFFER_BYTES)
        : buffered;
  }

  private void requireBytes(int magic) {
    if (magic >>> 16 != 0 || (magic & 0xff) == 0) {
      throw failed("it is no IDX file (its first bytes are %08x)".formatted(magic), null);
    }
    if ((magic >> 8) != UNSIGNED_BYTES) {
      throw failed(
          "its elements have the wrong type (expected 08, unsigned bytes, found %02x)"
              .formatted(magic >> 8),
          null);
    }
  }

  private int product(int[] dims) {
    long product = 1;
    for (int axis = 0; axis < dims.length; axis++) {
      if (dims[axis] < 0) {
        throw failed("its axis %d is too long".formatted(axis), null);
      }
      product *= axis == 0 ? 1 : dims[axis];
      if (product > MAX_RECORD_BYTES) {
        throw failed(
            "its records are too large (expected at most %d bytes)".formatted(MAX_RECORD_BYTES),
            null);
      }
    }
    return (int) product;
  }

  /** Returns the number of records that the header announces. */
  public int records() {
    return records;
  }

  /** Returns the number of bytes of a record. */
  public int recordBytes() {
    return recordBytes;
  }

  @Override
  public boolean hasNext() {
    return next < records;
  }

  /**
   * Returns the next record.
   *
   * @throws InputException if the file is damaged or ends before it
   */
  @Override
  public byte[] next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    byte[] record = new byte[recordBytes];
    try {
      stream.readFully(record);
    } catch (EOFException e) {
      throw failed("it ends within record %d of %d".formatted(next, records), e);
    } catch (IOException e) {
      throw failed(e.getMessage(), e);
    }
    next++;
    return record;
  }

  private InputException failed(String reason, Exception cause) {
    return new InputException("Cannot read data in '%s': %s".formatted(file, reason), cause);
  }
}
