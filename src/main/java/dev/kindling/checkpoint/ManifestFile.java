package dev.kindling.checkpoint;

import dev.kindling.base.ResourceException;
import dev.kindling.base.VerificationException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** The manifest where it stands. */
public final class ManifestFile {
  private ManifestFile() {}

  /**
   * Returns a checkpoint's manifest, or nothing if there is none.
   *
   * @throws VerificationException if there is one that cannot be read or is not as it was written
   */
  public static Optional<Manifest> find(CheckpointFiles files) {
    String name = files.name() + "/" + CheckpointFiles.MANIFEST;
    try {
      return Optional.of(ManifestJson.parse(bytes(files), name));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new VerificationException(
          "Cannot read manifest '%s': %s".formatted(name, Failures.reason(e)), e);
    }
  }

  /**
   * Returns a checkpoint's manifest.
   *
   * @throws VerificationException if there is none, or it cannot be read or is not as it was
   *     written
   */
  public static Manifest load(CheckpointFiles files) {
    return find(files)
        .orElseThrow(
            () ->
                new VerificationException(
                    "Cannot read checkpoint '%s': it has no %s, it was not finished or is none"
                        .formatted(files.name(), CheckpointFiles.MANIFEST)));
  }

  /**
   * Writes a manifest, replacing what is there in one step.
   *
   * @throws ResourceException if the file system failed
   */
  static void write(CheckpointFiles files, FileStore store, Manifest manifest, String application) {
    byte[] json = ManifestJson.toJson(manifest).getBytes(StandardCharsets.UTF_8);
    Path temporary = new Path(files.temporary(manifest.id()), application + "-manifest");
    try {
      store.write(
          temporary,
          files.manifest(),
          out -> {
            out.write(json);
            return json.length;
          });
    } catch (IOException e) {
      if (!isThere(files, manifest)) {
        throw new ResourceException(
            "Cannot write manifest '%s': %s".formatted(files.manifest(), Failures.reason(e)), e);
      }
    }
  }

  private static boolean isThere(CheckpointFiles files, Manifest manifest) {
    try {
      return find(files).filter(manifest::equals).isPresent();
    } catch (VerificationException e) {
      return false;
    }
  }

  private static byte[] bytes(CheckpointFiles files) throws IOException {
    long length = files.fileSystem().getFileStatus(files.manifest()).getLen();
    if (length > Integer.MAX_VALUE - 8) {
      throw new IOException("file is too large (%d bytes)".formatted(length));
    }
    byte[] bytes = new byte[(int) length];
    try (FSDataInputStream in = files.fileSystem().open(files.manifest())) {
      in.readFully(0, bytes);
    }
    return bytes;
  }
}
