package dev.kindling.checkpoint.export;

import java.io.Serializable;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A file of an export; written anywhere, alone. */
public interface ExportFile extends Serializable {
  /**
   * Writes the file. Memory: a page of the source, whatever the tensors' sizes; kept tensors of
   * integers are held one at a time.
   *
   * @throws dev.kindling.base.VerificationException if the checkpoint is damaged
   * @throws dev.kindling.base.InputException if a kept tensor cannot be read
   * @throws dev.kindling.base.ResourceException if the file system failed
   */
  void write(ExportSource source, FileSystem fs, Path folder);
}
