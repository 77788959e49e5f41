package dev.kindling.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.model.ElementType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spark SQL reads the bytes that were written, with its vectorised decoder and without. */
class ShardSparkReadTest {
  @TempDir Path folder;

  @Test
  void readsTheSameBytes() throws Exception {
    SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "1")
            .config("spark.sql.warehouse.dir", folder.resolve("warehouse").toString())
            .getOrCreate();
    try {
      check(spark, Sample.LAYOUT, List.of("true", "false"));
      check(spark, layout(ElementType.F64, Codec.ZSTD), List.of("true"));
      check(spark, layout(ElementType.F16, Codec.UNCOMPRESSED), List.of("true", "false"));
      check(spark, layout(ElementType.BF16, Codec.ZSTD), List.of("true"));
      CheckpointLayout split = Sample.LAYOUT.withEncoding(PageEncoding.BYTE_STREAM_SPLIT);
      check(spark, split, List.of("false"));
      assertThatThrownBy(() -> check(spark, split, List.of("true")))
          .hasStackTraceContaining("BYTE_STREAM_SPLIT");
    } finally {
      spark.stop();
    }
  }

  private static CheckpointLayout layout(ElementType dtype, Codec codec) {
    return Sample.layout(dtype, PageEncoding.defaultOf(dtype), codec);
  }

  private void check(SparkSession spark, CheckpointLayout layout, List<String> vectorised)
      throws IOException {
    Path out = folder.resolve(layout.dtype().label() + layout.encoding() + layout.codec());
    Manifest manifest = Sample.write(out, layout);
    for (String setting : vectorised) {
      spark.conf().set("spark.sql.parquet.enableVectorizedReader", setting);
      spark.conf().set("spark.sql.parquet.enableNestedColumnVectorizedReader", setting);
      check(spark, manifest, out);
    }
  }

  private static void check(SparkSession spark, Manifest manifest, Path out) {
    spark.read().parquet(out + "/data/*/*.parquet").createOrReplaceTempView("weights");
    for (ManifestTensor tensor : manifest.tensors()) {
      NumbersDigest digest = new NumbersDigest(manifest.layout().dtype());
      spark
          .sql(
              "select values from weights where tensor = '%s' order by row"
                  .formatted(tensor.name()))
          .collectAsList()
          .forEach(row -> row.<Number>getList(0).forEach(digest::add));
      assertThat(digest.digest()).as(tensor.name()).isEqualTo(tensor.digest());
    }
    List<Row> one =
        spark
            .sql("select values from weights where tensor = 'head.weight' and row = 599")
            .collectAsList();
    assertThat(one).hasSize(1);
    assertThat(one.get(0).getList(0)).hasSize(40);
  }
}
