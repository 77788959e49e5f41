package dev.kindling.checkpoint;

import dev.kindling.base.VerificationException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.NoSuchElementException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Reads a finished checkpoint. */
public final class CheckpointReader {
  /** Receives the values of a tensor in index order. */
  @FunctionalInterface
  public interface Target {
    /**
     * Takes some values.
     *
     * @param start flat index of the first
     * @param values the values, valid during the call
     * @param offset where the first stands
     * @param length number of values
     */
    void values(long start, float[] values, int offset, int length);
  }

  private final CheckpointFiles files;
  private final Manifest manifest;

  private CheckpointReader(CheckpointFiles files, Manifest manifest) {
    this.files = files;
    this.manifest = manifest;
  }

  /**
   * Opens a checkpoint.
   *
   * @throws VerificationException if it has no manifest, or one that is not as it was written
   */
  public static CheckpointReader open(FileSystem fileSystem, Path out) {
    CheckpointFiles files = CheckpointFiles.of(fileSystem, out);
    return new CheckpointReader(files, ManifestFile.load(files));
  }

  /** Returns the manifest. */
  public Manifest manifest() {
    return manifest;
  }

  /**
   * Returns all values of a tensor in index order.
   *
   * @throws NoSuchElementException if there is no tensor of this name
   * @throws IllegalArgumentException if it has more elements than an array can
   * @throws VerificationException if a shard is missing or damaged
   */
  public float[] tensor(String name) {
    ManifestTensor tensor = manifest.tensor(name);
    long count = tensor.shape().elementCount();
    if (count > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("tensor '%s' has %d elements".formatted(name, count));
    }
    float[] all = new float[(int) count];
    readRows(
        name,
        0,
        RowLength.rowCount(tensor.shape()),
        (start, values, offset, length) ->
            System.arraycopy(values, offset, all, (int) start, length));
    TensorDigest found = TensorDigest.of(all);
    if (!found.equals(tensor.digest())) {
      throw new VerificationException(
          "Cannot read tensor '%s' in %s: its values are damaged (expected CRC-32/CRC-32C %s, found %s)"
              .formatted(name, files.name(), tensor.digest(), found));
    }
    return all;
  }

  /**
   * Gives the values of a range of checkpoint rows, see {@link RowLength}, in index order. Pages
   * are read alone and so without the checks of their shard, which {@link ShardVerifier} does.
   *
   * @param firstRow the first row
   * @param endRow the row behind the last
   * @throws NoSuchElementException if there is no tensor of this name
   * @throws VerificationException if a shard is missing or damaged
   */
  public void readRows(String name, long firstRow, long endRow, Target target) {
    ManifestTensor tensor = manifest.tensor(name);
    long rowCount = RowLength.rowCount(tensor.shape());
    if (firstRow < 0 || endRow > rowCount || firstRow > endRow) {
      throw new IllegalArgumentException(
          "rows [%d, %d) are not within the %d of tensor '%s'"
              .formatted(firstRow, endRow, rowCount, name));
    }
    if (firstRow == endRow) {
      return;
    }
    ShardRange rows = new ShardRange(name, firstRow, endRow - firstRow);
    long start = firstRow * tensor.rowLength();
    long end = Math.min(endRow * tensor.rowLength(), tensor.shape().elementCount());
    Clip clip = new Clip(start, end, target);
    for (ManifestShard shard : manifest.shards()) {
      if (shard.ranges().stream().anyMatch(range -> overlaps(range.range(), rows))) {
        read(shard, rows, clip);
      }
    }
    if (clip.next != end) {
      throw new VerificationException(
          "Cannot read tensor '%s' in %s: values from flat index %d on are missing"
              .formatted(name, files.name(), clip.next));
    }
  }

  private void read(ManifestShard shard, ShardRange rows, ValueSink sink) {
    try (ShardReader reader = ShardReader.open(files.fileSystem(), files.resolve(shard.path()))) {
      reader.readRows(rows, sink);
    } catch (DamagedShardException e) {
      throw new VerificationException(e.getMessage(), e);
    } catch (FileNotFoundException e) {
      throw new VerificationException(
          "Cannot read shard '%s': file is missing".formatted(shard.path()), e);
    } catch (IOException e) {
      throw new VerificationException(
          "Cannot read shard '%s': %s".formatted(shard.path(), Failures.reason(e)), e);
    }
  }

  private static boolean overlaps(ShardRange range, ShardRange rows) {
    return range.tensor().equals(rows.tensor())
        && range.firstRow() < rows.endRow()
        && rows.firstRow() < range.endRow();
  }

  /** Passes on those values of each page that lie in a range. */
  private static final class Clip implements ValueSink {
    private final long end;
    private final Target target;
    private long next;

    Clip(long start, long end, Target target) {
      this.end = end;
      this.target = target;
      this.next = start;
    }

    @Override
    public void page(ShardIdentity.StoredRange range, long start, float[] values, int count) {
      long from = Math.max(start, next);
      long to = Math.min(start + count, end);
      if (from == next && from < to) {
        target.values(from, values, (int) (from - start), (int) (to - from));
        next = to;
      }
    }
  }
}
