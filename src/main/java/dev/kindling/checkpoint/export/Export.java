package dev.kindling.checkpoint.export;

import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A checkpoint in a format of others. */
public interface Export {
  /** Returns the files, to be written in any order. */
  List<? extends ExportFile> files();

  /**
   * Checks what was written and writes what comes last.
   *
   * @param source where values come from
   * @throws dev.kindling.base.VerificationException if a file is not what was written, or the
   *     checkpoint is damaged
   * @throws dev.kindling.base.ResourceException if the file system failed
   */
  void finish(ExportSource source, FileSystem fs, Path folder);
}
