package dev.kindling.spark;

import dev.kindling.base.InputException;
import dev.kindling.preset.Labels;
import dev.kindling.preset.OutputBias;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * Takes a statistic of a dataset's label column. It is the same number to the last bit however the
 * dataset is stored, partitioned or ordered: counts and sums are exact, a median comes from a total
 * order.
 */
final class LabelReader {
  /** More values than this are no classes. */
  private static final int MAX_CLASSES = 1 << 20;

  private final SparkSession spark;
  private final DataSource source;

  LabelReader(SparkSession spark, DataSource source) {
    this.spark = spark;
    this.source = source;
  }

  /**
   * Returns what the preset needs to know.
   *
   * @throws InputException if the dataset cannot be read, has no rows or a label that is no number
   */
  Labels read(OutputBias.Of of) {
    try {
      Dataset<Row> labels = Datasets.labels(spark, source);
      return of == OutputBias.Of.PRIOR ? classes(labels) : centre(labels, of);
    } catch (Exception e) {
      throw Datasets.unreadable(source, e);
    }
  }

  private Labels classes(Dataset<Row> labels) {
    SortedMap<Long, Long> counts = new TreeMap<>();
    List<Row> found =
        labels.groupBy(labels.columns()[0]).count().limit(MAX_CLASSES).collectAsList();
    for (Row row : found) {
      double label = row.isNullAt(0) ? Double.NaN : row.getDouble(0);
      if (label != Math.rint(label) || Double.isInfinite(label)) {
        throw refuse(
            "%d rows have the label %s (expected classes as whole numbers from 0 on)"
                .formatted(row.getLong(1), row.isNullAt(0) ? "null or no number" : label));
      }
      counts.merge((long) label, row.getLong(1), Long::sum);
    }
    requireRows(counts.size());
    return new Labels.Classes(counts);
  }

  private Labels centre(Dataset<Row> labels, OutputBias.Of of) {
    long rows = labels.count();
    requireRows(rows);
    long bad = labels.toJavaRDD().filter(LabelReader::isNoNumber).count();
    if (bad > 0) {
      throw refuse("%d of %d labels are no numbers".formatted(bad, rows));
    }
    return new Labels.Centre(
        rows, of == OutputBias.Of.MEDIAN ? median(labels, rows) : mean(labels, rows));
  }

  private static double mean(Dataset<Row> labels, long rows) {
    JavaRDD<BigDecimal> exact = labels.toJavaRDD().map(row -> new BigDecimal(row.getDouble(0)));
    return exact
        .reduce(BigDecimal::add)
        .divide(BigDecimal.valueOf(rows), MathContext.DECIMAL128)
        .doubleValue();
  }

  private static double median(Dataset<Row> labels, long rows) {
    long lower = (rows - 1) / 2;
    long upper = rows / 2;
    List<Double> middle =
        labels
            .sort(labels.columns()[0])
            .toJavaRDD()
            .map(row -> row.getDouble(0))
            .zipWithIndex()
            .filter(ranked -> ranked._2() >= lower && ranked._2() <= upper)
            .map(Tuple2::_1)
            .collect();
    return (middle.get(0) + middle.get(middle.size() - 1)) / 2;
  }

  private static boolean isNoNumber(Row row) {
    return row.isNullAt(0) || !Double.isFinite(row.getDouble(0));
  }

  private void requireRows(long rows) {
    if (rows == 0) {
      throw refuse("there are no rows");
    }
  }

  private InputException refuse(String reason) {
    return new InputException(
        "Cannot take labels from column '%s' of '%s': %s"
            .formatted(source.label(), source.path(), reason));
  }
}
