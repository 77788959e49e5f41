package dev.kindling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.base.VerificationException;
import dev.kindling.checkpoint.Manifest;
import dev.kindling.checkpoint.ManifestFile;
import dev.kindling.checkpoint.ManifestShard;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.hadoop.fs.Path;

/**
 * Looks at an output all the time while jobs write there. What has its final name must have its
 * final bytes, and a manifest must be whole with all its shards.
 */
final class Watcher implements AutoCloseable {
  private final Output output;
  private final Map<Path, ManifestShard> expected = new HashMap<>();
  private final Set<Path> read = new HashSet<>();
  private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::watch, "watcher");
  private volatile boolean ended;
  private long looks;

  /**
   * Begins to look.
   *
   * @param manifests those that may be found, from undisturbed runs
   */
  Watcher(Output output, List<Manifest> manifests) {
    this.output = output;
    for (Manifest manifest : manifests) {
      manifest.shards().forEach(it -> expected.put(output.files().resolve(it.path()), it));
    }
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    while (!ended) {
      try {
        output.shards().forEach(this::look);
        lookAtManifest();
      } catch (RuntimeException e) {
        problems.add(e.toString());
      }
      looks++;
      Program.pause(5);
    }
  }

  private void look(Path shard) {
    ManifestShard right = expected.get(shard);
    if (right == null) {
      problems.add(shard + " belongs to none of the checkpoints");
      return;
    }
    long length = length(shard);
    if (length >= 0 && length != right.lengthBytes()) {
      problems.add("%s has %d of %d bytes".formatted(shard, length, right.lengthBytes()));
    }
    if (read.add(shard)) {
      long found = output.crc32c(shard);
      if (found >= 0 && found != Integer.toUnsignedLong(right.crc32c())) {
        problems.add(shard + " has other bytes");
      }
    }
  }

  private void lookAtManifest() {
    try {
      Optional<Manifest> manifest = ManifestFile.find(output.files());
      Optional<Path> missing = manifest.flatMap(this::missing);
      // Shards go when another manifest has replaced theirs.
      if (missing.isPresent() && ManifestFile.find(output.files()).equals(manifest)) {
        problems.add("the manifest stands without " + missing.get());
      }
    } catch (VerificationException e) {
      problems.add(e.getMessage());
    }
  }

  private Optional<Path> missing(Manifest manifest) {
    return manifest.shards().stream()
        .filter(it -> length(output.files().resolve(it.path())) != it.lengthBytes())
        .map(it -> output.files().resolve(it.path()))
        .findFirst();
  }

  private long length(Path file) {
    try {
      return output.files().fileSystem().getFileStatus(file).getLen();
    } catch (FileNotFoundException e) {
      return -1;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Stops, and checks that all it saw was right. */
  @Override
  public void close() {
    ended = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    assertThat(looks).isPositive();
    assertThat(problems).isEmpty();
  }
}
