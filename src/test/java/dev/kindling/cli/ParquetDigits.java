package dev.kindling.cli;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The shipped digits as Parquet, written by DuckDB. */
final class ParquetDigits {
  private ParquetDigits() {}

  /** Writes them with one column per pixel, or with one array of all pixels. */
  static void write(Path folder, boolean array, int files) throws SQLException {
    String pixels = IntStream.range(0, 64).mapToObj(i -> "p" + i).collect(Collectors.joining(", "));
    String columns = array ? "[%s] as pixels".formatted(pixels) : pixels;
    folder.toFile().mkdirs();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "create table digits as select *, row_number() over () as n from '" + Digits.CSV + "'");
      for (int file = 0; file < files; file++) {
        statement.execute(
            "copy (select %s from digits where n %% %d = %d order by n desc) to '%s' (format parquet)"
                .formatted(columns, files, file, folder.resolve("part-" + file + ".parquet")));
      }
    }
  }
}
