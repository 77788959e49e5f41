package dev.kindling.checkpoint;

import dev.kindling.base.ConfigurationException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/** Puts whole files in place: a reader sees the old file or the new one, never a part. */
sealed interface FileStore permits RenamingStore, DirectStore {
  /** Writes the content of a file. */
  @FunctionalInterface
  interface Content<T> {
    /** Writes to a stream and leaves it open. */
    T writeTo(OutputStream out) throws IOException;
  }

  /** Replaces a file by another in one step. */
  @FunctionalInterface
  interface Rename {
    void rename(Path from, Path to) throws IOException;
  }

  /**
   * Writes a file, replacing what is there.
   *
   * @param temporary where it may stand until it is whole, on the same file system
   * @param target where it ends
   * @return what the content returned
   */
  <T> T write(Path temporary, Path target, Content<T> content) throws IOException;

  /**
   * Returns the way that is safe on a file system.
   *
   * @throws ConfigurationException if none is known for it: a store where a file shows before it is
   *     whole, or where a rename is a copy, could lose the old checkpoint
   */
  static FileStore of(FileSystem fs) {
    return switch (String.valueOf(fs.getUri().getScheme())) {
      case "file" -> new RenamingStore(fs, FileStore::moveLocally);
      case "hdfs", "viewfs" -> new RenamingStore(fs, renameOver(fs));
      case "s3a", "gs" -> new DirectStore(fs);
      default ->
          throw new ConfigurationException(
              "Cannot write a checkpoint to a file system of scheme '%s': nothing is known of how it replaces files (expected one of file, hdfs, viewfs, s3a, gs)"
                  .formatted(fs.getUri().getScheme()));
    };
  }

  private static void moveLocally(Path from, Path to) throws IOException {
    Files.move(
        java.nio.file.Path.of(from.toUri().getPath()),
        java.nio.file.Path.of(to.toUri().getPath()),
        StandardCopyOption.ATOMIC_MOVE);
  }

  private static Rename renameOver(FileSystem fs) {
    return (from, to) ->
        FileContext.getFileContext(fs.getUri(), fs.getConf())
            .rename(from, to, Options.Rename.OVERWRITE);
  }
}
