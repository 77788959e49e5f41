package dev.kindling.spark;

import dev.kindling.base.InputException;
import dev.kindling.base.UnknownNameException;
import dev.kindling.base.UserException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.SparkThrowable;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;

/** Opens the datasets that samples are taken from. */
final class Datasets {
  /** Larger files than this are no single sample. */
  private static final long MAX_FILE_BYTES = 256L << 20;

  private Datasets() {}

  /**
   * Returns the rows of a dataset as the elements of samples.
   *
   * @throws InputException if the dataset or one of its columns is not there
   */
  static JavaRDD<RowReader.Reading> rows(SparkSession spark, DataSource source, RowLayout layout) {
    return rows(open(spark, source), source, layout, functions.input_file_name());
  }

  /** The same of a dataset at hand; where its rows come from is not known. */
  static JavaRDD<RowReader.Reading> rows(
      Dataset<Row> dataset, DataSource source, RowLayout layout) {
    return rows(dataset, source, layout, functions.lit(""));
  }

  private static JavaRDD<RowReader.Reading> rows(
      Dataset<Row> dataset, DataSource source, RowLayout layout, Column file) {
    List<Column> selected = new ArrayList<>();
    for (DataInput input : source.inputs()) {
      requireColumns(source, input.features(), "features", dataset);
      requireNumber(source, input, dataset);
      input.features().forEach(name -> selected.add(column(dataset, name)));
    }
    if (!source.strata().isEmpty()) {
      requireColumns(source, List.of(source.strata()), "strata", dataset);
      selected.add(column(dataset, source.strata()));
    }
    selected.add(file);
    RowReader reader = new RowReader(source.inputs(), layout, source.strata());
    return dataset.select(selected.toArray(new Column[0])).javaRDD().map(reader::read);
  }

  /**
   * Returns the labels of a dataset as float64, null where one is no number.
   *
   * @throws InputException if the dataset or the column is not there
   */
  static Dataset<Row> labels(SparkSession spark, DataSource source) {
    Dataset<Row> dataset = open(spark, source);
    requireColumns(source, List.of(source.label()), "labels", dataset);
    return dataset.select(column(dataset, source.label()).try_cast(DataTypes.DoubleType));
  }

  private static Column column(Dataset<Row> dataset, String name) {
    return dataset.col("`" + name.replace("`", "``") + "`");
  }

  /** Columns of single numbers have to be as many as a sample has elements; arrays tell later. */
  private static void requireNumber(DataSource source, DataInput input, Dataset<Row> dataset) {
    List<String> columns = input.features();
    DataType first = dataset.schema().apply(columns.get(0)).dataType();
    boolean array = columns.size() == 1 && isArray(first);
    if (!input.images().isEmpty() && !(columns.size() == 1 && first instanceof BinaryType)) {
      throw new InputException(
          "Cannot decode images of '%s': column '%s' has the wrong type (expected one column of bytes, found %s)"
              .formatted(source.path(), columns.get(0), first.simpleString()));
    }
    if (!array && columns.size() != input.shape().elementCount()) {
      throw new InputException(
          "Cannot make samples of shape %s of '%s': wrong number of features (expected %d, found %d)"
              .formatted(
                  input.shape(), source.path(), input.shape().elementCount(), columns.size()));
    }
  }

  /**
   * Checks that a column can hold samples.
   *
   * @throws IllegalArgumentException if it cannot
   */
  static void requireNumbers(String column, DataType type) {
    if (!isArray(type) && !(type instanceof NumericType)) {
      throw new IllegalArgumentException(
          "Cannot calibrate: column '%s' has the wrong type (expected an array, a vector, bytes or a number, found %s)"
              .formatted(column, type.simpleString()));
    }
  }

  private static boolean isArray(DataType type) {
    return type instanceof ArrayType
        || type instanceof BinaryType
        || type.equals(SQLDataTypes.VectorType());
  }

  private static void requireColumns(
      DataSource source, List<String> wanted, String what, Dataset<Row> dataset) {
    List<String> known = Arrays.asList(dataset.columns());
    List<String> missing = wanted.stream().filter(column -> !known.contains(column)).toList();
    if (!missing.isEmpty()) {
      throw new InputException(
          "Cannot read data in '%s': it lacks %d of %d %s: %s (its %d columns are %s)"
              .formatted(
                  source.path(),
                  missing.size(),
                  wanted.size(),
                  what,
                  nearest(missing.get(0), known),
                  known.size(),
                  outline(known)));
    }
  }

  private static String nearest(String column, List<String> known) {
    String message = new UnknownNameException("column", column, known).getMessage();
    return message.replaceFirst(" \\(expected one of .*", "");
  }

  private static String outline(List<String> names) {
    return names.size() <= 6
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, 3)) + ", ... " + names.get(names.size() - 1);
  }

  private static Dataset<Row> open(SparkSession spark, DataSource source) {
    Dataset<Row> dataset = read(spark, source);
    return source.pipeline().isEmpty() ? dataset : transformed(dataset, source);
  }

  private static Dataset<Row> transformed(Dataset<Row> dataset, DataSource source) {
    PipelineModel pipeline;
    try {
      pipeline = PipelineModel.load(source.pipeline());
    } catch (Exception e) {
      throw refused("Cannot read a PipelineModel in '%s'".formatted(source.pipeline()), e);
    }
    try {
      return pipeline.transform(dataset);
    } catch (Exception e) {
      String what =
          "Cannot apply the PipelineModel in '%s' to data in '%s'"
              .formatted(source.pipeline(), source.path());
      throw refused(what, e);
    }
  }

  private static InputException refused(String what, Exception e) {
    String reason = e instanceof AnalysisException known ? reason(known) : e.getMessage();
    return new InputException(
        what + ": " + String.valueOf(reason).lines().findFirst().orElse("no reason given"), e);
  }

  private static Dataset<Row> read(SparkSession spark, DataSource source) {
    DataFrameReader reader = spark.read().options(source.options());
    try {
      return switch (source.format()) {
        case "csv" -> {
          if (!source.options().containsKey("header")) {
            reader.option("header", true);
          }
          yield reader.csv(source.path());
        }
        case DataSource.SQL -> SqlQuery.open(spark, source.path());
        case DataSource.IDX -> IdxDataset.open(spark, source);
        case DataSource.IMAGE, DataSource.FILES ->
            withoutLarge(reader.format(DataSource.FILES).load(source.path()));
        default -> reader.format(source.format()).load(source.path());
      };
    } catch (Exception e) {
      throw unreadable(source, e);
    }
  }

  /** Bytes of large files are not read: their rows have none. */
  private static Dataset<Row> withoutLarge(Dataset<Row> files) {
    Column length = files.col("length");
    Dataset<Row> large =
        files
            .where(length.gt(MAX_FILE_BYTES))
            .withColumn(DataSource.CONTENT, functions.lit(null).cast(DataTypes.BinaryType));
    return files.where(length.leq(MAX_FILE_BYTES)).unionByName(large);
  }

  /**
   * Returns what to tell of a failure to read. Spark's Scala methods throw checked exceptions that
   * javac does not know of.
   */
  static RuntimeException unreadable(DataSource source, Exception e) {
    List<Throwable> causes =
        Stream.<Throwable>iterate(e, cause -> cause != null, Throwable::getCause).toList();
    Optional<UserException> known =
        causes.stream()
            .filter(UserException.class::isInstance)
            .map(UserException.class::cast)
            .findFirst();
    if (known.isPresent()) {
      return known.get();
    }
    if (e instanceof AnalysisException analysis) {
      return new InputException(
          "Cannot read data in '%s': %s".formatted(source.path(), reason(analysis)), e);
    }
    if (causes.stream().anyMatch(Datasets::isOfTheData)) {
      String cause = String.valueOf(causes.get(causes.size() - 1).getMessage());
      return new InputException(
          "Cannot read data in '%s': %s"
              .formatted(source.path(), cause.lines().findFirst().orElse("a file is damaged")),
          e);
    }
    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }

  /** Returns whether a file cannot be read, or a stage of a pipeline refuses a row. */
  /** Returns whether a failure is one of the files that rows are read from. */
  static boolean isOfTheData(Throwable cause) {
    return cause instanceof SparkThrowable known
        && known.getCondition() != null
        && (known.getCondition().startsWith("FAILED_READ_FILE")
            || known.getCondition().startsWith("FAILED_EXECUTE_UDF"));
  }

  /** Returns Spark's message without its codes. */
  private static String reason(AnalysisException e) {
    if ("PATH_NOT_FOUND".equals(e.getCondition())) {
      return "there is no such file or folder";
    }
    String line = e.getMessage().lines().findFirst().orElse("");
    return line.replaceFirst("^\\[[A-Z_.]+\\] ", "").replaceFirst("\\.? SQLSTATE: \\w+$", "");
  }
}
