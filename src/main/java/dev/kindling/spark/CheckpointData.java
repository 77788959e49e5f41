package dev.kindling.spark;

import dev.kindling.base.InputException;
import dev.kindling.checkpoint.Checkpoint;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.ManifestTensor;
import dev.kindling.checkpoint.TensorSource;
import dev.kindling.model.ElementType;
import dev.kindling.model.Shape;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.DenseMatrix;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.mllib.linalg.DenseVector;
import org.apache.spark.mllib.linalg.distributed.IndexedRow;
import org.apache.spark.mllib.linalg.distributed.IndexedRowMatrix;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * The tensors of a checkpoint as Spark has its data. Tensors of more than two axes are matrices of
 * their first axis by all others, vectors one row.
 *
 * <pre>{@code
 * CheckpointData data = CheckpointData.open(spark, "out/digits");
 * data.matrix("fc1.weight").computeSVD(8, false, 1e-9);
 * }</pre>
 */
public final class CheckpointData {
  /** Values in a partition of a distributed matrix, in bytes as float64. */
  private static final long PARTITION_BYTES = 64L << 20;

  private final SparkSession session;
  private final CheckpointFiles files;
  private final Checkpoint checkpoint;

  private CheckpointData(SparkSession session, CheckpointFiles files) {
    this.session = session;
    this.files = files;
    this.checkpoint = Checkpoint.open(files);
  }

  /**
   * Opens a checkpoint.
   *
   * @param folder its folder on any file system that the session knows
   * @throws dev.kindling.base.VerificationException if it has no manifest, or one that is not as it
   *     was written
   * @throws IOException if there is no such file system
   */
  public static CheckpointData open(SparkSession session, String folder) throws IOException {
    Path path = new Path(folder);
    return new CheckpointData(
        session,
        CheckpointFiles.of(path.getFileSystem(session.sessionState().newHadoopConf()), path));
  }

  /** Returns the checkpoint. */
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /**
   * Returns the rows of a tensor as they stand in its shards: {@code tensor}, {@code row} and
   * {@code values}. Other shards are not opened.
   *
   * @throws java.util.NoSuchElementException if there is no tensor of this name
   */
  public Dataset<Row> rows(String tensor) {
    ManifestTensor found = checkpoint.tensor(tensor);
    String[] paths =
        checkpoint.manifest().shards().stream()
            .filter(
                shard ->
                    shard.ranges().stream()
                        .anyMatch(range -> range.range().tensor().equals(found.name())))
            .map(shard -> files.resolve(shard.path()).toString())
            .toArray(String[]::new);
    if (paths.length == 0) {
      throw new InputException("Cannot read rows of tensor '%s': it is empty".formatted(tensor));
    }
    return session.read().parquet(paths).where(functions.col("tensor").equalTo(tensor));
  }

  /**
   * Returns a tensor as a distributed matrix, in order. Each partition reads its own rows; nothing
   * is shuffled.
   *
   * @throws java.util.NoSuchElementException if there is no tensor of this name
   * @throws InputException if a row has more values than an array can hold
   */
  public IndexedRowMatrix matrix(String tensor) {
    Shape shape = shape(tensor);
    long rows = shape.dim(0);
    int columns = columns(tensor, shape);
    long rowsPerPart = Math.max(1, PARTITION_BYTES / Math.max(1, (long) columns * Double.BYTES));
    List<Long> starts =
        LongStream.iterate(0, start -> start < rows, start -> start + rowsPerPart).boxed().toList();
    RowReading reading =
        new RowReading(
            files.out().toString(),
            tensor,
            columns,
            new HadoopFiles(session.sessionState().newHadoopConf()));
    JavaRDD<IndexedRow> rdd =
        JavaSparkContext.fromSparkContext(session.sparkContext())
            .parallelize(starts, Math.max(1, starts.size()))
            .flatMap(start -> reading.rows(start, Math.min(rows, start + rowsPerPart)));
    return new IndexedRowMatrix(rdd.rdd(), rows, columns);
  }

  /**
   * Returns a tensor as a matrix in this JVM.
   *
   * @throws java.util.NoSuchElementException if there is no tensor of this name
   * @throws InputException if it has more values than an array can hold
   * @throws dev.kindling.base.VerificationException if its values are damaged
   */
  public Matrix local(String tensor) throws IOException {
    Shape shape = shape(tensor);
    int columns = columns(tensor, shape);
    if (shape.elementCount() > Integer.MAX_VALUE - 8) {
      throw tooLarge(tensor, shape);
    }
    double[] numbers = new double[(int) shape.elementCount()];
    ElementType dtype = checkpoint.dtype();
    checkpoint.read(
        tensor,
        (start, values) -> {
          int count = values.remaining() / dtype.bytes();
          IntStream.range(0, count)
              .forEach(
                  i ->
                      numbers[(int) start + i] =
                          TensorSource.number(
                              dtype, values, values.position() + i * dtype.bytes()));
        });
    return new DenseMatrix((int) shape.dim(0), columns, numbers, true);
  }

  private Shape shape(String tensor) {
    Shape shape = checkpoint.tensor(tensor).shape();
    return shape.rank() > 1 ? shape : Shape.of(1, shape.elementCount());
  }

  private static int columns(String tensor, Shape shape) {
    long columns = shape.elementsFrom(1);
    if (columns > Integer.MAX_VALUE - 8) {
      throw tooLarge(tensor, shape);
    }
    return (int) columns;
  }

  private static InputException tooLarge(String tensor, Shape shape) {
    return new InputException(
        "Cannot read tensor '%s' of shape %s as a matrix: an array cannot hold it"
            .formatted(tensor, shape));
  }

  /** Reads rows on an executor. */
  private record RowReading(String folder, String tensor, int columns, HadoopFiles hadoop)
      implements Serializable {
    Iterator<IndexedRow> rows(long from, long to) {
      List<IndexedRow> rows = new ArrayList<>();
      Path path = new Path(folder);
      try {
        Checkpoint checkpoint = Checkpoint.open(CheckpointFiles.of(hadoop.of(path), path));
        ElementType dtype = checkpoint.dtype();
        for (long row = from; row < to; row++) {
          rows.add(new IndexedRow(row, new DenseVector(new double[columns])));
        }
        checkpoint.read(
            tensor,
            from * columns,
            to * columns,
            (start, values) -> {
              long index = start - from * columns;
              for (int at = values.position(); at < values.limit(); at += dtype.bytes()) {
                rows.get((int) (index / columns)).vector().toArray()[(int) (index % columns)] =
                    TensorSource.number(dtype, values, at);
                index++;
              }
            });
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return rows.iterator();
    }
  }
}
