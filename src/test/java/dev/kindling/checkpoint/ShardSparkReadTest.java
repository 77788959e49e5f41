package dev.kindling.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spark's reader sees the values that were written, with its vectorised decoder and without. */
class ShardSparkReadTest {
  @TempDir Path folder;

  @Test
  void readsTheSameValues() throws Exception {
    Manifest manifest = Sample.write(folder, Sample.LAYOUT);
    SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "1")
            .config("spark.sql.warehouse.dir", folder.resolve("warehouse").toString())
            .getOrCreate();
    try {
      for (String vectorised : List.of("true", "false")) {
        spark.conf().set("spark.sql.parquet.enableVectorizedReader", vectorised);
        spark.conf().set("spark.sql.parquet.enableNestedColumnVectorizedReader", vectorised);
        check(spark, manifest);
      }
    } finally {
      spark.stop();
    }
  }

  private void check(SparkSession spark, Manifest manifest) {
    spark.read().parquet(folder + "/data/*/*.parquet").createOrReplaceTempView("weights");
    List<Row> rows =
        spark
            .sql(
                "select tensor, count(v), avg(cast(v as double)), stddev_pop(cast(v as double))"
                    + " from (select tensor, explode(values) v from weights) group by tensor")
            .collectAsList();
    assertThat(rows).hasSize(6);
    for (Row row : rows) {
      ManifestTensor tensor = manifest.tensor(row.getString(0));
      assertThat(row.getLong(1)).isEqualTo(tensor.shape().elementCount());
      assertThat(row.getDouble(2)).isCloseTo(tensor.mean(), within(1e-9));
      assertThat(row.getDouble(3)).isCloseTo(tensor.std(), within(1e-9));
    }
    List<Row> one =
        spark
            .sql("select values from weights where tensor = 'head.weight' and row = 599")
            .collectAsList();
    List<Float> values = one.get(0).getList(0);
    assertThat(one).hasSize(1);
    assertThat(values).hasSize(40).last().isEqualTo(Sample.values("head.weight")[600 * 40 - 1]);
  }
}
