package dev.kindling.bench;

import java.io.IOException;
import java.util.Locale;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.mllib.linalg.Vector;
import org.apache.spark.mllib.random.RandomRDDs;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What Spark offers without us: normal vectors of MLlib, written as Parquet. Arguments: a folder,
 * and how many MiB of float32 it should be. Prints GB/s of float32.
 */
public final class RandomRddsToParquet {
  private static final int COLUMNS = 4096;

  private RandomRddsToParquet() {}

  public static void main(String[] arguments) throws IOException {
    long rows = (Long.parseLong(arguments[1]) << 20) / (COLUMNS * Float.BYTES);
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .getOrCreate()) {
      long begin = System.nanoTime();
      JavaRDD<Vector> vectors =
          RandomRDDs.normalJavaVectorRDD(
              JavaSparkContext.fromSparkContext(spark.sparkContext()), rows, COLUMNS, 4, 1L);
      JavaRDD<Row> values = vectors.map(vector -> RowFactory.create((Object) floats(vector)));
      StructType type =
          new StructType()
              .add("values", DataTypes.createArrayType(DataTypes.FloatType, false), false);
      spark.createDataFrame(values, type).write().parquet(arguments[0]);
      double seconds = (System.nanoTime() - begin) * 1e-9;
      System.out.printf(Locale.ROOT, "%.2f%n", rows * COLUMNS * Float.BYTES / seconds * 1e-9);
    }
  }

  private static Float[] floats(Vector vector) {
    Float[] floats = new Float[vector.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) vector.apply(i);
    }
    return floats;
  }
}
