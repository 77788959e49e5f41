package dev.kindling.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.Checksum;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/**
 * Takes a Parquet file and gives it a footer of our own. It counts and checks the bytes on their
 * way; from {@link #hold} on they are kept back, and {@link #finish} writes them without the footer
 * that they end with, then the check of the new footer, the new footer, its length and the magic
 * number.
 *
 * <p>The four bytes in front of the footer are its CRC-32C, little-endian. Parquet readers find the
 * footer from the end and never look there; it lets us trust offsets and counts before they are
 * used. Closing is left to the owner of the stream below.
 */
final class SealedOutput extends PositionOutputStream implements OutputFile {
  static final byte[] MAGIC = {'P', 'A', 'R', '1'};

  /** Bytes behind a footer: its length and the magic number. */
  static final int TAIL_BYTES = 8;

  /** Bytes in front of a footer. */
  static final int SEAL_BYTES = 4;

  private final OutputStream out;
  private final Checksum crc32c = Crc.CRC32C.start();
  private long position;
  private ByteArrayOutputStream held;

  SealedOutput(OutputStream out) {
    this.out = out;
  }

  /** Keeps back what is written from now on. */
  void hold() {
    held = new ByteArrayOutputStream();
  }

  /**
   * Returns the check of all bytes in front of the seal: those written and those kept back but for
   * the footer.
   */
  int bodyCrc32c() throws IOException {
    byte[] kept = held.toByteArray();
    held = null;
    position -= kept.length;
    ByteBuffer tail = ByteBuffer.wrap(kept).order(ByteOrder.LITTLE_ENDIAN);
    int footerBytes = tail.getInt(kept.length - TAIL_BYTES);
    write(kept, 0, kept.length - TAIL_BYTES - footerBytes);
    return crc32c();
  }

  /** Ends the file with this footer. */
  void finish(byte[] footer) throws IOException {
    write(fourBytes(Crc.CRC32C.of(footer, 0, footer.length)));
    write(footer);
    write(fourBytes(footer.length));
    write(MAGIC);
    out.flush();
  }

  /** Returns the check of all bytes so far. */
  int crc32c() {
    return (int) crc32c.getValue();
  }

  @Override
  public long getPos() {
    return position;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    position += length;
    if (held != null) {
      held.write(bytes, offset, length);
      return;
    }
    crc32c.update(bytes, offset, length);
    out.write(bytes, offset, length);
  }

  @Override
  public void close() {
    // The stream below is closed or aborted by its owner.
  }

  @Override
  public PositionOutputStream create(long blockSizeHint) {
    return this;
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSizeHint) {
    return this;
  }

  @Override
  public boolean supportsBlockSize() {
    return false;
  }

  @Override
  public long defaultBlockSize() {
    return 0;
  }

  private static byte[] fourBytes(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }
}
