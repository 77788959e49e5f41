package dev.kindling.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.base.Sha256;
import dev.kindling.kernel.ScalarKernels;
import dev.kindling.recipe.RecipeEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.VersionParser;
import org.apache.parquet.column.statistics.LongStatistics;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.filter2.predicate.FilterApi;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardBytesTest {
  private static final int JVMS = 20;
  private static final String ID = "0123456789abcdef";
  @TempDir Path folder;

  /** One shard with everything, on standard output. */
  static final class Child {
    public static void main(String[] arguments) throws IOException {
      writeShard(System.out);
      System.out.flush();
    }
  }

  @Test
  void areTheSameInEveryJvm() throws Exception {
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    writeShard(expected);
    Set<String> digests =
        IntStream.range(0, JVMS)
            .parallel()
            .mapToObj(jvm -> Sha256.hex(output(jvm)))
            .collect(Collectors.toSet());
    assertThat(digests).containsExactly(Sha256.hex(expected.toByteArray()));
  }

  @Test
  void areWhatTheResultSays() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ShardResult result = writeShard(bytes);
    CRC32C crc = new CRC32C();
    crc.update(bytes.toByteArray());
    assertThat(result.lengthBytes()).isEqualTo(bytes.size());
    assertThat(result.crc32c()).isEqualTo((int) crc.getValue());
    for (RangeResult range : result.ranges()) {
      assertThat(range.digest()).isEqualTo(Sample.digest(Sample.values(range.range().tensor())));
    }
  }

  @Test
  void letReadersPruneRowsAndPages() throws Exception {
    try (ParquetFileReader reader = open(FilterCompat.NOOP)) {
      List<BlockMetaData> groups = reader.getRowGroups();
      assertThat(reader.getFileMetaData().getCreatedBy()).isEqualTo(ShardFooter.CREATED_BY);
      assertThat(VersionParser.parse(ShardFooter.CREATED_BY).hasSemanticVersion()).isTrue();
      for (BlockMetaData group : groups) {
        assertThat(group.getColumns().get(0).getStatistics().minAsString())
            .isEqualTo(group.getColumns().get(0).getStatistics().maxAsString());
        LongStatistics rows = (LongStatistics) group.getColumns().get(1).getStatistics();
        assertThat(rows.getMax() - rows.getMin() + 1).isEqualTo(group.getRowCount());
        assertThat(reader.readColumnIndex(group.getColumns().get(0))).isNotNull();
        assertThat(reader.readColumnIndex(group.getColumns().get(1))).isNotNull();
        assertThat(reader.readOffsetIndex(group.getColumns().get(2))).isNotNull();
      }
    }
    FilterCompat.Filter oneRow =
        FilterCompat.get(
            FilterApi.and(
                FilterApi.eq(FilterApi.binaryColumn("tensor"), Binary.fromString("head.weight")),
                FilterApi.eq(FilterApi.longColumn("row"), 333L)));
    try (ParquetFileReader reader = open(oneRow)) {
      assertThat(reader.getRowGroups()).hasSize(1);
      // 5,000 bytes hold 31 rows of 40 values.
      assertThat(reader.getFilteredRecordCount()).isEqualTo(31);
    }
  }

  private ParquetFileReader open(FilterCompat.Filter filter) throws IOException {
    Path file = folder.resolve("shard.parquet");
    try (OutputStream out = Files.newOutputStream(file)) {
      writeShard(out);
    }
    Configuration conf = new Configuration(false);
    return ParquetFileReader.open(
        HadoopInputFile.fromPath(new org.apache.hadoop.fs.Path(file.toUri()), conf),
        HadoopReadOptions.builder(conf).withRecordFilter(filter).build());
  }

  static ShardResult writeShard(OutputStream out) throws IOException {
    List<ShardRange> ranges =
        Sample.RECIPE.entries().stream()
            .filter(entry -> entry.type().isFloat() && entry.shape().elementCount() > 0)
            .map(entry -> new ShardRange(entry.tensor(), 0, RowLength.rowCount(entry.shape())))
            .toList();
    Map<String, RecipeEntry> entries =
        Sample.RECIPE.entries().stream()
            .collect(Collectors.toMap(RecipeEntry::tensor, Function.identity()));
    return new ShardWriter(ID, Sample.LAYOUT, entries, Sample.VALUES, new ScalarKernels())
        .write(new ShardSpec(7, ranges), "shard", out);
  }

  private byte[] output(int jvm) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Child.class.getName()));
    Path errors = folder.resolve("errors-" + jvm);
    try {
      Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      byte[] bytes = process.getInputStream().readAllBytes();
      assertThat(process.waitFor()).as(Files.readString(errors, StandardCharsets.UTF_8)).isZero();
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
