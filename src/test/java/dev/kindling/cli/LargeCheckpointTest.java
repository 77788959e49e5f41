package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.base.OtherJvm;
import dev.kindling.checkpoint.ManifestShard;
import dev.kindling.checkpoint.ManifestTensor;
import dev.kindling.forward.TensorValue;
import dev.kindling.forward.WholeGraph;
import dev.kindling.model.Shape;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.util.Utils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One tensor of 4.3 GiB, and a graph above protobuf's 2 GB. */
@Tag("large")
class LargeCheckpointTest {
  private static final long ROWS = 1_130_000;
  private static final int COLUMNS = 1024;
  private static final long GIB = 1L << 30;

  @TempDir static Path folder;

  /** In shards of 4 GiB. */
  private static Path out;

  private static Checkpoint checkpoint;
  private final Path other = folder.resolve("other");

  @BeforeAll
  static void write() throws IOException {
    Files.writeString(
        folder.resolve("shapes.json"),
        "{\"w.weight\": [%d, %d], \"w.bias\": [%d]}".formatted(ROWS, COLUMNS, COLUMNS));
    Files.writeString(
        folder.resolve("config.yaml"),
        "model: shapes.json\nseed: 3\ninit: {default: he_normal, rules: [{role: bias, scheme: {normal: {std: 1}}}]}\n");
    out = init(folder.resolve("out"), "4GiB");
    checkpoint = new Checkpoint(out);
  }

  private static Path init(Path target, String shardBytes) {
    Cli.run(
            "init",
            folder.resolve("config.yaml").toString(),
            "--out",
            target.toString(),
            "--set",
            "output.shard-bytes=" + shardBytes)
        .isDone();
    return target;
  }

  @AfterEach
  void remove() {
    Utils.deleteRecursively(other.toFile());
  }

  @ParameterizedTest
  @CsvSource({"1MiB, 4415", "64MiB, 69", "1GiB, 5"})
  void shardsOfAnySizeHaveOneDigest(String shardBytes, int files) throws IOException {
    Checkpoint found = new Checkpoint(init(other, shardBytes));
    assertThat(found.manifest().shards()).hasSize(files);
    assertThat(found.manifest().digest()).isEqualTo(checkpoint.manifest().digest());
    assertThat(found.crc32()).isEqualTo(checkpoint.crc32());
    hasSmallParts(found, other);
  }

  /** A file of 4 GiB is made of parts that every reader's arrays can hold. */
  @Test
  void partsOfAHugeShardAreSmall() throws IOException {
    assertThat(checkpoint.manifest().shards()).hasSize(2);
    assertThat(checkpoint.manifest().shards().get(0).lengthBytes()).isGreaterThan(4 * GIB);
    hasSmallParts(checkpoint, out);
  }

  private static void hasSmallParts(Checkpoint found, Path folder) throws IOException {
    for (ManifestShard shard : found.manifest().shards()) {
      org.apache.hadoop.fs.Path path =
          new org.apache.hadoop.fs.Path(folder.resolve(shard.path()).toUri());
      try (ParquetFileReader reader =
          ParquetFileReader.open(HadoopInputFile.fromPath(path, new Configuration(false)))) {
        for (BlockMetaData group : reader.getRowGroups()) {
          assertThat(group.getTotalByteSize()).isLessThan(65L << 20);
          ColumnChunkMetaData values = group.getColumns().get(2);
          long pages = reader.readOffsetIndex(values).getPageCount();
          assertThat(values.getTotalSize() / pages).isLessThan(2L << 20);
        }
      }
    }
  }

  @Test
  void readersFindTheLastRowOfAHugeShard() throws IOException, SQLException {
    ManifestShard huge = checkpoint.manifest().shards().get(0);
    long row = huge.ranges().get(0).range().endRow() - 1;
    float[] expected = row(out, "w.weight", row, COLUMNS);
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet values =
            statement.executeQuery(
                "select unnest(values) from '%s' where tensor = 'w.weight' and row = %d"
                    .formatted(out.resolve(huge.path()), row))) {
      for (float value : expected) {
        assertThat(values.next()).isTrue();
        assertThat(values.getFloat(1)).isEqualTo(value);
      }
    }
  }

  @Test
  void aSmallHeapReadsItAsADataset() throws IOException, InterruptedException {
    List<String> options =
        new ArrayList<>(ManagementFactory.getRuntimeMXBean().getInputArguments());
    options.add("-Xmx1500m");
    String[] sums =
        OtherJvm.same()
            .run(options, DatasetSums.class, out.toString(), "w.weight")
            .strip()
            .split("\\s+");
    ManifestTensor tensor = checkpoint.manifest().tensor("w.weight");
    int end = sums.length;
    assertThat(Long.parseLong(sums[end - 4])).isEqualTo(ROWS * COLUMNS);
    assertThat(Double.parseDouble(sums[end - 3]) / (ROWS * COLUMNS))
        .isCloseTo(tensor.mean(), within(1e-12));
    assertThat(Double.parseDouble(sums[end - 2])).isCloseTo(tensor.min(), within(1e-7));
    assertThat(Double.parseDouble(sums[end - 1])).isCloseTo(tensor.max(), within(1e-7));
  }

  /** The graph's weights go into files beside it without being told to. */
  @Test
  void onnxAboveTwoGigabytesRuns() throws IOException {
    int inputs = 16_384;
    int outputs = 36_000;
    Path model = folder.resolve("head.yaml");
    Files.writeString(
        model,
        "name: head\ninput: {name: x, shape: [%d]}\nlayers:\n  - dense: {name: head, out: %d}\n"
            .formatted(inputs, outputs));
    Path config = folder.resolve("head-config.yaml");
    Files.writeString(config, "model: head.yaml\nseed: 5\n");
    Cli.run("init", config.toString(), "--out", other.resolve("ckpt").toString()).isDone();
    Cli.run(
            "export",
            other.resolve("ckpt").toString(),
            "--format",
            "onnx",
            "--model",
            model.toString(),
            "--out",
            other.resolve("onnx").toString())
        .isDone();
    assertThat(Checkpoint.files(other.resolve("onnx")))
        .containsExactly("", "model-00001-of-00001.data", "model.onnx");
    float[] ones = new float[inputs];
    Arrays.fill(ones, 1);
    float[] found =
        WholeGraph.runFile(
                other.resolve("onnx/model.onnx"), TensorValue.ofFloats(Shape.of(1, inputs), ones))
            .toFloats();
    assertThat(found).hasSize(outputs);
    for (long row : new long[] {0, outputs / 2, outputs - 1}) {
      double sum = 0;
      for (float weight : row(other.resolve("ckpt"), "head.weight", row, inputs)) {
        sum += weight;
      }
      assertThat((double) found[(int) row]).isCloseTo(sum, within(1e-4));
    }
  }

  private static float[] row(Path folder, String tensor, long row, int columns) throws IOException {
    FloatBuffer all = FloatBuffer.allocate(columns);
    dev.kindling.checkpoint.Checkpoint.open(folder.toString())
        .read(
            tensor,
            row * columns,
            (row + 1) * columns,
            (start, values) -> all.put(values.asFloatBuffer()));
    assertThat(all.hasRemaining()).isFalse();
    return all.array();
  }
}
