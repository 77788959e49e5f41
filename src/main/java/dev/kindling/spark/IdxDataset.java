package dev.kindling.spark;

import dev.kindling.base.InputException;
import dev.kindling.media.IdxReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;

/**
 * IDX files as datasets: a column of records and, where every file has one of labels beside it, as
 * those of the MNIST family have, a column of labels. A file is read by one task, record by record.
 *
 * @param files the file systems
 */
record IdxDataset(HadoopFiles files) implements Serializable {
  /**
   * Returns the records of the files that a path or glob names. The headers are read here.
   *
   * @throws InputException if there is no such file, or one is no IDX file of unsigned bytes
   */
  static Dataset<Row> open(SparkSession spark, DataSource source) throws IOException {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    IdxDataset dataset = new IdxDataset(new HadoopFiles(context.hadoopConfiguration()));
    List<String> paths = dataset.paths(source);
    boolean labelled = true;
    for (String path : paths) {
      labelled &= dataset.isLabelled(path);
    }
    StructType schema = new StructType().add(DataSource.IDX_RECORD, DataTypes.BinaryType);
    JavaRDD<String> tasks = context.parallelize(paths, paths.size());
    return labelled
        ? spark.createDataFrame(
            tasks.flatMap(dataset::labelledRows),
            schema.add(DataSource.IDX_LABEL, DataTypes.IntegerType))
        : spark.createDataFrame(tasks.flatMap(dataset::rows), schema);
  }

  private List<String> paths(DataSource source) throws IOException {
    Path pattern = new Path(source.path());
    FileStatus[] found = files.of(pattern).globStatus(pattern);
    if (found == null || found.length == 0) {
      throw new InputException(
          "Cannot read data in '%s': there is no such file".formatted(source.path()));
    }
    List<String> paths = new ArrayList<>();
    for (FileStatus file : found) {
      if (file.isDirectory()) {
        throw new InputException(
            "Cannot read data in '%s': it is a folder (expected IDX files, for example %s/*-images-idx3-ubyte.gz)"
                .formatted(file.getPath(), file.getPath()));
      }
      paths.add(file.getPath().toString());
    }
    return paths;
  }

  /** Returns whether a file has labels beside it, after a look at the headers of both. */
  private boolean isLabelled(String path) throws IOException {
    int records = records(path);
    Path labels = new Path(labelsOf(path));
    FileSystem fs = files.of(labels);
    if (labels.equals(new Path(path)) || !fs.exists(labels)) {
      return false;
    }
    if (records(labels.toString()) != records) {
      throw new InputException(
          "Cannot read data in '%s': wrong number of labels for '%s' (expected %d, found %d)"
              .formatted(labels, path, records, records(labels.toString())));
    }
    return true;
  }

  private int records(String path) throws IOException {
    try (InputStream stream = open(path)) {
      return new IdxReader(stream, path).records();
    }
  }

  private static String labelsOf(String path) {
    Path images = new Path(path);
    String name = images.getName().replace("images", "labels").replace("idx3", "idx1");
    return new Path(images.getParent(), name).toString();
  }

  private Iterator<Row> rows(String path) {
    IdxReader records = read(path);
    return rows(records, () -> RowFactory.create(records.next()));
  }

  private Iterator<Row> labelledRows(String path) {
    IdxReader records = read(path);
    IdxReader labels = read(labelsOf(path));
    return rows(
        records, () -> RowFactory.create(records.next(), Byte.toUnsignedInt(labels.next()[0])));
  }

  private static Iterator<Row> rows(IdxReader records, Supplier<Row> next) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return records.hasNext();
      }

      @Override
      public Row next() {
        return next.get();
      }
    };
  }

  /** Opens a file until the end of the task. */
  private IdxReader read(String path) {
    try {
      InputStream stream = open(path);
      TaskContext.get()
          .addTaskCompletionListener(
              (TaskCompletionListener)
                  task -> {
                    try {
                      stream.close();
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  });
      return new IdxReader(stream, path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private InputStream open(String path) throws IOException {
    return files.of(new Path(path)).open(new Path(path));
  }
}
