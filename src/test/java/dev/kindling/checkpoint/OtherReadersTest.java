package dev.kindling.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.model.ElementType;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers that were not written here see the values that were written. */
class OtherReadersTest {
  @TempDir static Path folder;
  private static Manifest manifest;

  @BeforeAll
  static void write() throws IOException {
    manifest = Sample.write(folder, Sample.LAYOUT);
  }

  @Test
  void duckDbComputesTheStatisticsOfTheManifest() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select tensor, count(*), avg(v), stddev_pop(v), min(v), max(v) from ("
                    + "select tensor, unnest(values)::double as v from '"
                    + folder
                    + "/data/*/*.parquet') group by tensor")) {
      int tensors = 0;
      while (rows.next()) {
        tensors++;
        ManifestTensor tensor = manifest.tensor(rows.getString(1));
        assertThat(rows.getLong(2)).isEqualTo(tensor.shape().elementCount());
        assertThat(rows.getDouble(3)).isCloseTo(tensor.mean(), within(1e-12));
        assertThat(rows.getDouble(4)).isCloseTo(tensor.std(), within(1e-12));
        assertThat(rows.getDouble(5)).isEqualTo(tensor.min());
        assertThat(rows.getDouble(6)).isEqualTo(tensor.max());
      }
      assertThat(tensors).isEqualTo(6);
    }
  }

  @Test
  void duckDbReadsTheSameBytes() throws SQLException {
    Map<String, NumbersDigest> digests = new HashMap<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select tensor, unnest(values) from (from '"
                    + folder
                    + "/data/*/*.parquet' order by tensor, row)")) {
      while (rows.next()) {
        digests
            .computeIfAbsent(rows.getString(1), tensor -> new NumbersDigest(ElementType.F32))
            .add(rows.getFloat(2));
      }
    }
    digests.forEach(
        (tensor, digest) ->
            assertThat(digest.digest()).as(tensor).isEqualTo(manifest.tensor(tensor).digest()));
    assertThat(digests).hasSize(6);
  }

  @Test
  void duckDbFindsRowsAndValuesByPosition() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select row, values[3], len(values) from '"
                    + folder
                    + "/data/*/*.parquet' where tensor = 'head.weight' and row between 510 and 515 order by row")) {
      float[] expected = Sample.values("head.weight");
      for (int row = 510; row <= 515; row++) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getLong(1)).isEqualTo(row);
        assertThat(rows.getFloat(2)).isEqualTo(expected[row * 40 + 2]);
        assertThat(rows.getInt(3)).isEqualTo(40);
      }
      assertThat(rows.next()).isFalse();
    }
  }

  @Test
  void parquetHadoopReadsTheSameValues() throws IOException {
    Map<String, Integer> next = new HashMap<>();
    for (ManifestShard shard : manifest.shards()) {
      org.apache.hadoop.fs.Path path =
          new org.apache.hadoop.fs.Path(folder.resolve(shard.path()).toUri());
      try (ParquetReader<Group> reader =
          ParquetReader.builder(new GroupReadSupport(), path)
              .withConf(new Configuration(false))
              .build()) {
        for (Group row = reader.read(); row != null; row = reader.read()) {
          String tensor = row.getString("tensor", 0);
          assertThat(row.getLong("row", 0) * manifest.tensor(tensor).rowLength())
              .isEqualTo(next.getOrDefault(tensor, 0).longValue());
          next.put(tensor, compare(row, tensor, next.getOrDefault(tensor, 0)));
        }
      }
    }
    next.forEach(
        (tensor, count) ->
            assertThat((long) count).isEqualTo(manifest.tensor(tensor).shape().elementCount()));
    assertThat(next).hasSize(6);
  }

  private static int compare(Group row, String tensor, int start) {
    float[] expected = Sample.values(tensor);
    Group values = row.getGroup("values", 0);
    int count = values.getFieldRepetitionCount("list");
    for (int i = 0; i < count; i++) {
      assertThat(values.getGroup("list", i).getFloat("element", 0)).isEqualTo(expected[start + i]);
    }
    return start + count;
  }
}
