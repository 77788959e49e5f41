package dev.kindling.checkpoint;

import dev.kindling.base.ResourceException;
import dev.kindling.matrix.PieceStore;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.Checksum;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pieces of factors as files of a folder, put in place whole like shards. A file is the piece and
 * the CRC-32C of writer version, name and piece, little-endian: what another version left, or what
 * a power failure tore, is as good as none. Any number of attempts may save the same piece.
 */
public final class SpilledPieces implements PieceStore {
  private static final Logger LOG = LoggerFactory.getLogger(SpilledPieces.class);

  private final FileSystem fs;
  private final FileStore store;
  private final Path folder;
  private final String writer;

  /**
   * Prepares to keep pieces; creates nothing.
   *
   * @param folder where, on the file system
   * @param writer names the attempt that writes, unique among those that write there
   * @throws dev.kindling.base.ConfigurationException if the file system is one that we do not write
   *     to
   */
  public SpilledPieces(FileSystem fs, Path folder, String writer) {
    this.fs = fs instanceof LocalFileSystem local ? local.getRawFileSystem() : fs;
    this.store = FileStore.of(this.fs);
    this.folder = this.fs.makeQualified(folder);
    this.writer = Objects.requireNonNull(writer, "writer is null");
  }

  @Override
  public Optional<ByteBuffer> load(String name) {
    Path file = new Path(folder, name);
    try (FSDataInputStream in = fs.open(file)) {
      long length = fs.getFileStatus(file).getLen();
      byte[] bytes = new byte[Math.toIntExact(length)];
      in.readFully(bytes);
      return whole(name, bytes);
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      LOG.warn("Cannot read {}, computing it again: {}", file, Failures.reason(e));
      return Optional.empty();
    }
  }

  private static Optional<ByteBuffer> whole(String name, byte[] bytes) {
    int length = bytes.length - Integer.BYTES;
    if (length < 0) {
      return Optional.empty();
    }
    ByteBuffer piece = ByteBuffer.wrap(bytes, 0, length);
    int expected = Integer.reverseBytes(ByteBuffer.wrap(bytes).getInt(length));
    return check(name, piece) == expected ? Optional.of(piece) : Optional.empty();
  }

  /**
   * {@inheritDoc}
   *
   * @throws ResourceException if the file system failed and no other attempt has saved it meanwhile
   */
  @Override
  public void save(String name, ByteBuffer bytes) {
    Path file = new Path(folder, name);
    try {
      store.write(
          new Path(folder, ".%s-%s".formatted(writer, name)),
          file,
          out -> {
            write(name, bytes, out);
            return file;
          });
    } catch (IOException e) {
      if (load(name).isEmpty()) {
        throw new ResourceException("Cannot write '%s': %s".formatted(file, Failures.reason(e)), e);
      }
    }
  }

  private static void write(String name, ByteBuffer bytes, OutputStream out) throws IOException {
    out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    int check = Integer.reverseBytes(check(name, bytes));
    out.write(ByteBuffer.allocate(Integer.BYTES).putInt(check).array());
  }

  private static int check(String name, ByteBuffer bytes) {
    Checksum checksum = Crc.CRC32C.start();
    String heading = CheckpointId.WRITER_VERSION + "\n" + name + "\n";
    checksum.update(heading.getBytes(StandardCharsets.UTF_8));
    checksum.update(bytes.duplicate());
    return (int) checksum.getValue();
  }
}
