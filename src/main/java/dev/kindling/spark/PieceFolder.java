package dev.kindling.spark;

import dev.kindling.checkpoint.SpilledPieces;
import dev.kindling.matrix.PieceStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;

/**
 * The folder through which executors share pieces of factors.
 *
 * @param folder the folder
 * @param application names this application
 * @param hadoop file systems
 */
record PieceFolder(String folder, String application, HadoopFiles hadoop) implements PieceSource {
  @Override
  public PieceStore open() {
    Path path = new Path(folder);
    String writer = "%s-%d".formatted(application, TaskContext.get().taskAttemptId());
    try {
      return new SpilledPieces(hadoop.of(path), path, writer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
