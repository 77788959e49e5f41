package dev.kindling.cli;

import dev.kindling.spark.CheckpointData;
import java.io.IOException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Sums a tensor up as a {@code Dataset<Row>}: {@code CKPT TENSOR}. Prints count, sum, least and
 * greatest value.
 */
final class DatasetSums {
  private DatasetSums() {}

  public static void main(String[] arguments) throws IOException {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .getOrCreate()) {
      Row sums =
          CheckpointData.open(spark, arguments[0])
              .rows(arguments[1])
              .selectExpr(
                  "sum(size(values))",
                  "sum(aggregate(values, 0D, (sum, v) -> sum + v))",
                  "min(array_min(values))",
                  "max(array_max(values))")
              .first();
      System.out.printf(
          "%d %s %s %s%n", sums.getLong(0), sums.getDouble(1), sums.getFloat(2), sums.getFloat(3));
    }
  }
}
