package dev.kindling.checkpoint;

import dev.kindling.base.Require;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;

/**
 * What makes shards a checkpoint. It holds nothing that varies between runs with the same result:
 * no time, no host, no path outside of the checkpoint's folder.
 *
 * @param formatVersion version of the manifest and of what it describes
 * @param writerVersion version of what wrote the shards, see {@link CheckpointId#WRITER_VERSION}
 * @param id id of the shards, see {@link CheckpointId}
 * @param runId id of the run, which hashes the recipe before calibration, the calibration settings
 *     and the sample
 * @param layout output settings
 * @param digest digest of the checkpoint, 64 hexadecimal digits: SHA-256 over one line {@code name
 *     TAB dtype TAB shape TAB crc32 TAB crc32c LF} per tensor in the order of the names' UTF-8
 *     bytes, shape as {@code 64,3,3}, checks as 8 lower-case digits
 * @param tensors the float tensors, in the order of the recipe
 * @param shards the files, by number
 * @param recipeJson the recipe that rebuilds the checkpoint, compact JSON
 * @param calibrationJson what the calibration says of itself, compact JSON
 */
public record Manifest(
    int formatVersion,
    String writerVersion,
    String id,
    String runId,
    CheckpointLayout layout,
    String digest,
    List<ManifestTensor> tensors,
    List<ManifestShard> shards,
    String recipeJson,
    Optional<String> calibrationJson) {
  /** The version that this build reads and writes. */
  public static final int FORMAT_VERSION = 1;

  public Manifest {
    Require.notBlank(id, "id");
    Require.notBlank(runId, "run id");
    Objects.requireNonNull(layout, "layout is null");
    tensors = List.copyOf(tensors);
    shards = List.copyOf(shards);
  }

  /**
   * Returns what is said of a tensor.
   *
   * @throws NoSuchElementException if there is none of this name
   */
  public ManifestTensor tensor(String name) {
    return tensors.stream()
        .filter(tensor -> tensor.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("no tensor '" + name + "' in the manifest"));
  }

  /** Returns the bytes of all shard files. */
  public long lengthBytes() {
    return shards.stream().mapToLong(ManifestShard::lengthBytes).sum();
  }
}
