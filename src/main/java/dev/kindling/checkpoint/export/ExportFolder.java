package dev.kindling.checkpoint.export;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.ResourceException;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.Failures;
import dev.kindling.checkpoint.WholeFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The folder that an export goes to. As long as it is not whole it holds an empty file {@code
 * _unfinished}; an export that was interrupted can so be given again.
 *
 * @param files the folder and its file system
 */
public record ExportFolder(CheckpointFiles files) {
  private static final String MARK = "_unfinished";

  /**
   * Checks that the folder is new or empty, or holds an export that was interrupted.
   *
   * @throws ConfigurationException if it holds anything else
   * @throws ResourceException if the file system failed
   */
  public void requireFree() {
    try {
      if (children().length > 0 && !fs().exists(mark())) {
        throw new ConfigurationException(
            "Cannot export to '%s': it is not empty; choose a new or empty folder"
                .formatted(files.name()));
      }
    } catch (IOException e) {
      throw failed("look into", e);
    }
  }

  /**
   * Marks the folder, and removes what an interrupted export has left there.
   *
   * @throws ResourceException if the file system failed
   */
  public void begin() {
    try {
      fs().create(mark(), true).close();
      for (FileStatus child : children()) {
        if (!child.getPath().getName().equals(MARK)) {
          fs().delete(child.getPath(), true);
        }
      }
    } catch (IOException e) {
      throw failed("write to", e);
    }
  }

  /**
   * Removes the mark and what killed attempts have left. Nobody may be writing there.
   *
   * @throws ResourceException if the file system failed
   */
  public void finish() {
    WholeFile.removeTemporaries(fs(), files.out());
    try {
      fs().delete(mark(), false);
    } catch (IOException e) {
      throw failed("finish", e);
    }
  }

  private FileStatus[] children() throws IOException {
    try {
      return fs().listStatus(files.out());
    } catch (FileNotFoundException e) {
      return new FileStatus[0];
    }
  }

  private FileSystem fs() {
    return files.fileSystem();
  }

  private Path mark() {
    return new Path(files.out(), MARK);
  }

  private ResourceException failed(String act, IOException cause) {
    return new ResourceException(
        "Cannot %s '%s': %s".formatted(act, files.name(), Failures.reason(cause)), cause);
  }
}
