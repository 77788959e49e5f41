package dev.kindling.checkpoint;

import dev.kindling.kernel.Kernels;
import dev.kindling.kernel.KernelsLoader;
import dev.kindling.kernel.KernelsMode;
import dev.kindling.matrix.FactorPiece;
import dev.kindling.matrix.HaarMatrix;
import dev.kindling.matrix.Precision;
import dev.kindling.random.Stream;
import java.io.IOException;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What a task does for an orthogonal matrix, for {@link TaskMemoryTest}: {@code FOLDER ROWS COLUMNS
 * FROM TO}. Makes all pieces of a factor, one after the other, then the rows.
 */
final class SmallHeapTask {
  private SmallHeapTask() {}

  public static void main(String[] arguments) throws IOException {
    int[] numbers = Arrays.stream(arguments).skip(1).mapToInt(Integer::parseInt).toArray();
    Kernels kernels = KernelsLoader.load(KernelsMode.AUTO).kernels();
    SpilledPieces store =
        new SpilledPieces(
            FileSystem.getLocal(new Configuration(false)), new Path(arguments[0]), "task");
    HaarMatrix matrix =
        new HaarMatrix(
            kernels,
            Stream.of(1, "small", Stream.Purpose.REFLECTIONS),
            0,
            numbers[0],
            numbers[1],
            store);
    for (FactorPiece.Kind kind : FactorPiece.Kind.values()) {
      for (FactorPiece piece : matrix.pieces(kind)) {
        matrix.make(Precision.FLOAT32, piece);
      }
    }
    matrix.rows(Precision.FLOAT32, numbers[2], numbers[3]);
  }
}
