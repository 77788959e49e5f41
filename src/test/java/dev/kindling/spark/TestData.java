package dev.kindling.spark;

import dev.kindling.model.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Rows of four small numbers, many of them equal, stored in several ways. */
final class TestData {
  static final List<String> COLUMNS = List.of("a", "b", "c", "d");
  static final Shape SHAPE = Shape.of(2, 2);

  private TestData() {}

  /** Returns rows of which each one occurs about twice. */
  static List<double[]> rows(int count) {
    SplittableRandom random = new SplittableRandom(3);
    List<double[]> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double value = random.nextInt(count / 2) / 8.0;
      rows.add(new double[] {value, -value, i % 2, 0.1});
    }
    return rows;
  }

  static List<double[]> shuffled(List<double[]> rows) {
    List<double[]> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, new Random(5));
    return shuffled;
  }

  /** Writes rows to as many CSV files and returns the source. */
  static DataSource csv(Path folder, List<double[]> rows, int files) throws IOException {
    List<String> lines = new ArrayList<>();
    for (double[] row : rows) {
      lines.add("%s,%s,%s,%s".formatted(row[0], row[1], row[2], row[3]));
    }
    return csvLines(folder, lines, files);
  }

  static DataSource csvLines(Path folder, List<String> lines, int files) throws IOException {
    Files.createDirectories(folder);
    for (int file = 0; file < files; file++) {
      List<String> text = new ArrayList<>(List.of(String.join(",", COLUMNS)));
      text.addAll(lines.subList(file * lines.size() / files, (file + 1) * lines.size() / files));
      Files.write(folder.resolve("part-" + file + ".csv"), text);
    }
    return source("csv", folder, COLUMNS);
  }

  /** Writes rows to Parquet with a float64, a float32, an int32 and a decimal column. */
  static DataSource parquet(Path folder, List<double[]> rows, int files) {
    StructType schema =
        new StructType(
            new StructField[] {
              DataTypes.createStructField("a", DataTypes.DoubleType, false),
              DataTypes.createStructField("b", DataTypes.FloatType, false),
              DataTypes.createStructField("c", DataTypes.IntegerType, false),
              DataTypes.createStructField("d", DataTypes.createDecimalType(10, 3), false)
            });
    List<Row> table = new ArrayList<>();
    for (double[] row : rows) {
      table.add(
          RowFactory.create(
              row[0], (float) row[1], (int) row[2], java.math.BigDecimal.valueOf(row[3])));
    }
    write(folder, TestSpark.session().createDataFrame(table, schema), files);
    return source("parquet", folder, COLUMNS);
  }

  /** Writes rows to Parquet with one array column. */
  static DataSource arrays(Path folder, List<double[]> rows, int files) {
    StructType schema =
        new StructType(
            new StructField[] {
              DataTypes.createStructField("id", DataTypes.IntegerType, false),
              DataTypes.createStructField(
                  "pixels", DataTypes.createArrayType(DataTypes.DoubleType), true)
            });
    List<Row> table = new ArrayList<>();
    for (double[] row : rows) {
      List<Double> values = new ArrayList<>();
      for (double value : row) {
        values.add(value);
      }
      table.add(RowFactory.create(table.size(), values));
    }
    write(folder, TestSpark.session().createDataFrame(table, schema), files);
    return source("parquet", folder, List.of("pixels"));
  }

  private static void write(Path folder, Dataset<Row> rows, int files) {
    rows.coalesce(1).repartition(files).write().parquet(folder.toString());
  }

  static DataSource source(String format, Path folder, List<String> columns) {
    return new DataSource(format, folder.toString(), columns, SHAPE, 0.5, Map.of());
  }
}
