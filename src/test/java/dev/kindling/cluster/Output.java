package dev.kindling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.Manifest;
import dev.kindling.checkpoint.ManifestFile;
import dev.kindling.checkpoint.ManifestShard;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The folder of a checkpoint as anybody sees it.
 *
 * @param files its files
 */
record Output(CheckpointFiles files) {
  static Output of(String uri, Configuration hadoop) {
    try {
      return new Output(CheckpointFiles.of(FileSystem.get(URI.create(uri), hadoop), new Path(uri)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String uri() {
    return files.out().toString();
  }

  Manifest manifest() {
    return ManifestFile.load(files);
  }

  String digest() {
    return manifest().digest();
  }

  /** Returns the shards that have their final names, whatever is being written beside them. */
  List<Path> shards() {
    return below(files.data()).stream()
        .filter(path -> path.getName().endsWith(".parquet"))
        .toList();
  }

  /** Returns the CRC-32C of a file, or -1 if there is none. */
  long crc32c(Path file) {
    try (InputStream in = files.fileSystem().open(file)) {
      CRC32C check = new CRC32C();
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        check.update(buffer, 0, n);
      }
      return check.getValue();
    } catch (FileNotFoundException e) {
      return -1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns when a file was written, in milliseconds. */
  long modified(Path file) {
    try {
      return files.fileSystem().getFileStatus(file).getModificationTime();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Checks that manifest and shards are all there is, and that each shard has its bytes. */
  void isWholeAndAlone() {
    Manifest manifest = manifest();
    hasShardsOf(manifest);
    List<Path> expected = new ArrayList<>();
    expected.add(files.manifest());
    manifest.shards().forEach(shard -> expected.add(files.resolve(shard.path())));
    assertThat(below(files.out())).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(children(files.out()))
        .extracting(child -> child.getPath().getName())
        .containsExactlyInAnyOrder("manifest.json", "data");
  }

  /** Checks that each shard of a manifest has its bytes. */
  void hasShardsOf(Manifest manifest) {
    for (ManifestShard shard : manifest.shards()) {
      Path path = files.resolve(shard.path());
      assertThat(crc32c(path)).as("%s", path).isEqualTo(Integer.toUnsignedLong(shard.crc32c()));
    }
  }

  /** Returns all files below a folder, however deep. */
  List<Path> below(Path folder) {
    List<Path> found = new ArrayList<>();
    for (FileStatus child : children(folder)) {
      if (child.isDirectory()) {
        found.addAll(below(child.getPath()));
      } else {
        found.add(child.getPath());
      }
    }
    return found;
  }

  /** Returns nothing for a folder that is not there or goes meanwhile. */
  private List<FileStatus> children(Path folder) {
    try {
      return List.of(files.fileSystem().listStatus(folder));
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      // The local file system's words for a folder that goes while it is listed.
      if (exists(folder)) {
        throw new UncheckedIOException(e);
      }
      return List.of();
    }
  }

  private boolean exists(Path path) {
    try {
      return files.fileSystem().exists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void remove() {
    try {
      files.fileSystem().delete(files.out(), true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
