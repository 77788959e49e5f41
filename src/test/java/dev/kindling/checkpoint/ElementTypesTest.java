package dev.kindling.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.model.ElementType;
import dev.kindling.model.NarrowFloats;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every element type, encoding and codec, read by us and by others. */
class ElementTypesTest {
  @TempDir Path folder;

  private Manifest write(ElementType dtype, PageEncoding encoding, Codec codec) throws IOException {
    return Sample.write(folder, Sample.layout(dtype, encoding, codec));
  }

  private static double expected(ElementType dtype, float value) {
    return switch (dtype) {
      case F16 -> NarrowFloats.ofF16(NarrowFloats.toF16(value));
      case BF16 -> NarrowFloats.ofBf16(NarrowFloats.toBf16(value));
      default -> value;
    };
  }

  @ParameterizedTest
  @CsvSource({
    "F32, PLAIN, ZSTD",
    "F32, BYTE_STREAM_SPLIT, UNCOMPRESSED",
    "F32, BYTE_STREAM_SPLIT, ZSTD",
    "F64, PLAIN, UNCOMPRESSED",
    "F64, BYTE_STREAM_SPLIT, ZSTD",
    "F16, DICTIONARY, UNCOMPRESSED",
    "F16, DICTIONARY, ZSTD",
    "BF16, DICTIONARY, UNCOMPRESSED",
  })
  void areReadByAll(ElementType dtype, PageEncoding encoding, Codec codec) throws Exception {
    Manifest manifest = write(dtype, encoding, codec);
    assertThat(problems(manifest)).isEmpty();
    Checkpoint checkpoint = Checkpoint.open(Sample.files(folder));
    for (ManifestTensor tensor : manifest.tensors()) {
      float[] values = Sample.values(tensor.name());
      ByteBuffer bytes = checkpoint.values(tensor.name());
      for (float value : values) {
        requireEqual(next(dtype, bytes), expected(dtype, value));
      }
      assertThat(bytes.hasRemaining()).isFalse();
    }
    readWithParquetHadoop(manifest);
    readWithDuckDb(manifest);
    assertThat(Sample.write(folder, manifest.layout())).isEqualTo(manifest);
  }

  /** Cheaper than an assertion for each of some 100,000 values. */
  private static void requireEqual(double found, double expected) {
    if (found != expected) {
      assertThat(found).isEqualTo(expected);
    }
  }

  private static double next(ElementType dtype, ByteBuffer bytes) {
    return switch (dtype) {
      case F64 -> bytes.getDouble();
      case F16 -> NarrowFloats.ofF16(bytes.getShort());
      case BF16 -> NarrowFloats.ofBf16(bytes.getShort());
      default -> bytes.getFloat();
    };
  }

  private void readWithParquetHadoop(Manifest manifest) throws IOException {
    Map<String, Integer> next = new HashMap<>();
    ElementType dtype = manifest.layout().dtype();
    for (ManifestShard shard : manifest.shards()) {
      org.apache.hadoop.fs.Path path =
          new org.apache.hadoop.fs.Path(folder.resolve(shard.path()).toUri());
      try (ParquetReader<Group> reader =
          ParquetReader.builder(new GroupReadSupport(), path)
              .withConf(new Configuration(false))
              .build()) {
        for (Group row = reader.read(); row != null; row = reader.read()) {
          String tensor = row.getString("tensor", 0);
          int start = next.getOrDefault(tensor, 0);
          next.put(tensor, compare(dtype, row.getGroup("values", 0), tensor, start));
        }
      }
    }
    assertThat(next).hasSize(6);
  }

  private static int compare(ElementType dtype, Group values, String tensor, int start) {
    float[] expected = Sample.values(tensor);
    int count = values.getFieldRepetitionCount("list");
    for (int i = 0; i < count; i++) {
      Group element = values.getGroup("list", i);
      double found =
          dtype == ElementType.F64
              ? element.getDouble("element", 0)
              : element.getFloat("element", 0);
      requireEqual(found, expected(dtype, expected[start + i]));
    }
    return start + count;
  }

  private void readWithDuckDb(Manifest manifest) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select tensor, row, generate_subscripts(values, 1), unnest(values)::double from '"
                    + folder
                    + "/data/*/*.parquet'")) {
      long count = 0;
      Map<String, float[]> values = new HashMap<>();
      manifest.tensors().forEach(it -> values.put(it.name(), Sample.values(it.name())));
      while (rows.next()) {
        count++;
        ManifestTensor tensor = manifest.tensor(rows.getString(1));
        int index = (int) (rows.getLong(2) * tensor.rowLength() + rows.getLong(3) - 1);
        requireEqual(
            rows.getDouble(4),
            expected(manifest.layout().dtype(), values.get(tensor.name())[index]));
      }
      assertThat(count)
          .isEqualTo(manifest.tensors().stream().mapToLong(t -> t.shape().elementCount()).sum());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "F16, DICTIONARY, UNCOMPRESSED",
    "BF16, DICTIONARY, ZSTD",
    "F64, PLAIN, ZSTD",
    "F32, BYTE_STREAM_SPLIT, ZSTD"
  })
  void areFoundDamaged(ElementType dtype, PageEncoding encoding, Codec codec) throws IOException {
    Manifest manifest = write(dtype, encoding, codec);
    SplittableRandom random = new SplittableRandom(11);
    Set<String> reasons = new HashSet<>();
    for (int flip = 0; flip < 60; flip++) {
      ManifestShard shard = manifest.shards().get(random.nextInt(manifest.shards().size()));
      Path file = folder.resolve(shard.path());
      byte[] bytes = Files.readAllBytes(file);
      byte[] damaged = bytes.clone();
      int position = random.nextInt(bytes.length);
      damaged[position] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, damaged);
      List<String> problems = problems(manifest);
      assertThat(problems).as("byte %d of %s", position, shard.path()).isNotEmpty();
      assertThat(problems).allMatch(text -> text.contains(file.getFileName().toString()));
      reasons.addAll(problems);
      Files.write(file, bytes);
    }
    assertThat(reasons).hasSizeGreaterThan(10);
  }

  private List<String> problems(Manifest manifest) throws IOException {
    CheckpointFiles files = Sample.files(folder);
    return manifest.shards().stream()
        .map(
            shard ->
                new ShardVerifier(
                    files,
                    manifest.id(),
                    manifest.layout(),
                    shard,
                    Sample.RECIPE.entries(),
                    Sample.VALUES,
                    VerifyMode.VALUES))
        .flatMap(verifier -> verifier.verify().problems().stream())
        .toList();
  }
}
