package dev.kindling.checkpoint;

import dev.kindling.base.VerificationException;
import dev.kindling.model.ElementType;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeJson;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A finished checkpoint, to be read.
 *
 * <pre>{@code
 * Checkpoint checkpoint = Checkpoint.open("out/digits");
 * checkpoint.read("fc1.weight", (start, values) -> channel.write(values));
 * }</pre>
 *
 * <p>Memory: the manifest, and one page at a time (about 1 MiB; for rows longer than that one row,
 * 32 MiB at most). Several threads may read at once.
 */
public final class Checkpoint implements TensorSource {
  private final CheckpointFiles files;
  private final Manifest manifest;
  private final Map<String, ManifestTensor> tensors;
  private final Map<String, List<ManifestShard>> shards = new HashMap<>();

  private Checkpoint(CheckpointFiles files, Manifest manifest) {
    this.files = files;
    this.manifest = manifest;
    this.tensors =
        manifest.tensors().stream()
            .collect(
                Collectors.toMap(ManifestTensor::name, Function.identity(), (one, two) -> one));
    manifest.shards().forEach(this::addShard);
  }

  /** Both may be a hundred thousand: whoever reads all tensors must not look through all shards. */
  private void addShard(ManifestShard shard) {
    shard.ranges().stream()
        .map(range -> range.range().tensor())
        .distinct()
        .forEach(name -> shards.computeIfAbsent(name, key -> new ArrayList<>()).add(shard));
  }

  /**
   * Opens the checkpoint in a folder of any file system that Hadoop knows by default.
   *
   * @param folder the folder, such as {@code out/digits} or {@code s3a://bucket/llm}
   * @throws VerificationException if it has no manifest, or one that is not as it was written
   * @throws IOException if there is no such file system
   */
  public static Checkpoint open(String folder) throws IOException {
    Path path = new Path(folder);
    return open(CheckpointFiles.of(path.getFileSystem(new Configuration()), path));
  }

  /**
   * Opens a checkpoint.
   *
   * @throws VerificationException if it has no manifest, or one that is not as it was written
   */
  public static Checkpoint open(CheckpointFiles files) {
    return new Checkpoint(files, ManifestFile.load(files));
  }

  /** Returns a checkpoint whose manifest has been read before. */
  public static Checkpoint of(CheckpointFiles files, Manifest manifest) {
    return new Checkpoint(files, manifest);
  }

  /** Returns the manifest. */
  public Manifest manifest() {
    return manifest;
  }

  /** Returns the recipe that rebuilds the checkpoint. */
  public Recipe recipe() {
    return RecipeJson.parse(manifest.recipeJson(), files.name() + "/" + CheckpointFiles.MANIFEST);
  }

  @Override
  public ElementType dtype() {
    return manifest.layout().dtype();
  }

  @Override
  public List<Outline> outlines() {
    return manifest.tensors().stream()
        .map(tensor -> new Outline(tensor.name(), tensor.shape()))
        .toList();
  }

  /** Returns the float tensors, in the order of the model. */
  public List<ManifestTensor> tensors() {
    return manifest.tensors();
  }

  /**
   * Returns what is known of a tensor without reading it.
   *
   * @throws NoSuchElementException if there is no tensor of this name
   */
  public ManifestTensor tensor(String name) {
    ManifestTensor tensor = tensors.get(name);
    return tensor == null ? manifest.tensor(name) : tensor;
  }

  /**
   * Gives the target all values of a tensor and verifies their digest at the end.
   *
   * @throws NoSuchElementException if there is no tensor of this name
   * @throws VerificationException if a shard is missing or damaged, or the digest is not that of
   *     the manifest
   * @throws IOException what the target throws
   */
  public void read(String name, Target target) throws IOException {
    ManifestTensor tensor = tensor(name);
    RangeAccumulator digest = new RangeAccumulator();
    read(
        name,
        0,
        tensor.shape().elementCount(),
        (start, values) -> {
          digest.addBytes(
              values.array(), values.arrayOffset() + values.position(), values.remaining(), 0);
          target.values(start, values);
        });
    if (!digest.digest().equals(tensor.digest())) {
      throw new VerificationException(
          "Cannot read tensor '%s' in %s: its values are damaged (expected CRC-32/CRC-32C %s, found %s)"
              .formatted(name, files.name(), tensor.digest(), digest.digest()));
    }
  }

  /**
   * {@inheritDoc} Only those pages are read that hold some of them, and so without the checks of
   * their shard, which {@link ShardVerifier} does.
   *
   * @throws VerificationException if a shard is missing or damaged
   */
  @Override
  public void read(String name, long start, long end, Target target) throws IOException {
    ManifestTensor tensor = tensor(name);
    if (start < 0 || start > end || end > tensor.shape().elementCount()) {
      throw new IllegalArgumentException(
          "values [%d, %d) are not within the %d of tensor '%s'"
              .formatted(start, end, tensor.shape().elementCount(), name));
    }
    if (start == end) {
      return;
    }
    int length = tensor.rowLength();
    ShardRange rows = new ShardRange(name, start / length, (end - 1) / length + 1 - start / length);
    Clip clip = new Clip(manifest.layout().dtype().bytes(), start, end, target);
    for (ManifestShard shard : shards.getOrDefault(name, List.of())) {
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

  /**
   * Returns all values of a tensor, in the checkpoint's element type, little-endian.
   *
   * @throws NoSuchElementException if there is no tensor of this name
   * @throws IllegalArgumentException if it has more bytes than an array can
   * @throws VerificationException if a shard is missing or damaged
   */
  public ByteBuffer values(String name) {
    ManifestTensor tensor = tensor(name);
    long length = tensor.shape().elementCount() * tensor.dtype().bytes();
    if (length > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("tensor '%s' has %d bytes".formatted(name, length));
    }
    ByteBuffer all = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
    try {
      read(name, (start, values) -> all.put(values));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return all.flip();
  }

  private void read(ManifestShard shard, ShardRange rows, Clip clip) throws IOException {
    Path path = files.resolve(shard.path());
    try (ShardReader reader = ShardReader.open(files.fileSystem(), path, manifest.layout())) {
      reader.readRows(rows, clip);
    } catch (DamagedShardException e) {
      throw new VerificationException(e.getMessage(), e);
    } catch (FileNotFoundException e) {
      throw new VerificationException(
          "Cannot read shard '%s': file is missing".formatted(shard.path()), e);
    } catch (TargetException e) {
      throw e.getCause();
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

  /** Tells a failure of the target from one of the shard. */
  private static final class TargetException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TargetException(IOException cause) {
      super(cause);
    }

    @Override
    public synchronized IOException getCause() {
      return (IOException) super.getCause();
    }
  }

  /** Passes on those values of each page that lie in a range. */
  private static final class Clip implements ValueSink {
    private final int width;
    private final long end;
    private final Target target;
    private long next;

    Clip(int width, long start, long end, Target target) {
      this.width = width;
      this.end = end;
      this.target = target;
      this.next = start;
    }

    @Override
    public void page(
        ShardIdentity.StoredRange range, long start, byte[] bytes, int offset, int count) {
      long from = Math.max(start, next);
      long to = Math.min(start + count, end);
      if (from != next || from >= to) {
        return;
      }
      int first = offset + (int) (from - start) * width;
      ByteBuffer values =
          ByteBuffer.wrap(bytes, first, (int) (to - from) * width)
              .slice()
              .order(ByteOrder.LITTLE_ENDIAN);
      try {
        target.values(from, values);
      } catch (IOException e) {
        throw new TargetException(e);
      }
      next = to;
    }
  }
}
