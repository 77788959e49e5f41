package dev.kindling.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.InputException;
import dev.kindling.calibrate.FusedBlocks;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.calibrate.Statistic;
import dev.kindling.forward.Measure;
import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.TensorValue;
import dev.kindling.model.ElementType;
import dev.kindling.model.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
  private static final long SEED = 42;
  private static final int ROWS = 60;
  private static final Map<String, ElementType> INPUT = Map.of("x", ElementType.F32);
  private static final List<double[]> DATA = TestData.rows(ROWS);

  @TempDir static Path folder;
  private static Drawn reference;

  @BeforeAll
  static void drawReference() throws IOException {
    reference = draw(TestData.csv(folder.resolve("reference"), DATA, 1), 25, 4);
  }

  /** A sample on the driver. */
  private record Drawn(String digest, List<MicroBatch> microBatches) {
    List<float[]> rows() {
      List<float[]> rows = new ArrayList<>();
      for (MicroBatch microBatch : microBatches) {
        float[] values = microBatch.tensor("x").toFloats();
        for (int i = 0; i < values.length; i += 4) {
          rows.add(Arrays.copyOfRange(values, i, i + 4));
        }
      }
      return rows;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void storageAndOrderDoNotMatter(int files) throws IOException {
    Path place = folder.resolve("files-" + files);
    List<double[]> shuffled = TestData.shuffled(DATA);
    List<DataSource> sources =
        List.of(
            TestData.csv(place.resolve("csv"), DATA, files),
            TestData.csv(place.resolve("shuffled"), shuffled, files),
            TestData.parquet(place.resolve("parquet"), DATA, files),
            TestData.arrays(place.resolve("arrays"), shuffled, files));
    for (DataSource source : sources) {
      assertThat(
              Datasets.rows(TestSpark.session(), named(source), RowLayout.of(named(source), INPUT))
                  .getNumPartitions())
          .isEqualTo(files);
      assertThat(draw(source, 25, 4)).as(source.path()).isEqualTo(reference);
    }
  }

  @Test
  void cutsMicroBatchesInOrderAndTheLastMayBeShort() {
    assertThat(reference.microBatches())
        .extracting(MicroBatch::index)
        .containsExactly(0, 1, 2, 3, 4, 5, 6);
    assertThat(reference.microBatches())
        .extracting(batch -> batch.tensor("x").shape())
        .containsExactly(
            Shape.of(4, 2, 2),
            Shape.of(4, 2, 2),
            Shape.of(4, 2, 2),
            Shape.of(4, 2, 2),
            Shape.of(4, 2, 2),
            Shape.of(4, 2, 2),
            Shape.of(1, 2, 2));
  }

  @Test
  void microBatchesDoNotChangeTheRows() throws IOException {
    DataSource source = TestData.csv(folder.resolve("cuts"), DATA, 2);
    for (int microBatch : new int[] {1, 25, 100}) {
      Drawn other = draw(source, 25, microBatch);
      assertThat(other.digest()).isEqualTo(reference.digest());
      assertThat(other.rows().toArray(float[][]::new))
          .isDeepEqualTo(reference.rows().toArray(float[][]::new));
    }
  }

  @Test
  void takesEqualRowsAsOftenAsTheyOccur() throws IOException {
    Drawn all = draw(TestData.csv(folder.resolve("all"), DATA, 3), ROWS, 8);
    List<float[]> expected = new ArrayList<>();
    DATA.forEach(row -> expected.add(scaled(row)));
    assertThat(counts(all.rows())).isEqualTo(counts(expected));
    assertThat(counts(all.rows()).values()).anyMatch(count -> count > 1);
  }

  /** More rows are taken behind those that fewer would be. */
  @Test
  void ranksAreStable() throws IOException {
    Drawn all = draw(TestData.csv(folder.resolve("ranks"), DATA, 2), ROWS, 8);
    assertThat(all.rows().subList(0, 25).toArray(float[][]::new))
        .isDeepEqualTo(reference.rows().toArray(float[][]::new));
  }

  @Test
  void anotherSeedTakesOtherRows() throws IOException {
    DataSource source = TestData.csv(folder.resolve("seeds"), DATA, 1);
    Sample other =
        new Sampler(TestSpark.session(), named(source), SEED + 1).draw(INPUT, settings(25, 4));
    assertThat(other.digest()).isNotEqualTo(reference.digest()).matches("[0-9a-f]{64}");
  }

  @Test
  void tooFewRowsIsAnError() throws IOException {
    DataSource source = TestData.csv(folder.resolve("few"), DATA, 2);
    assertThatThrownBy(() -> draw(source, ROWS + 1, 4))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "Cannot sample 61 rows of '%s': it has only 60; lower lsuv.batch or give more data"
                .formatted(folder.resolve("few")));
  }

  /** The bad row is the same one whatever the partitions, and none is passed over. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1,NaN,2,3   | b | '1, NaN, 2, 3' | expected a finite number, found NaN",
        "1,2,Infinity,3 | c | '1, 2, Infinity, 3' | expected a finite number, found Infinity",
        "1,2,3,1e60  | d | '1, 2, 3, 1e60' | expected a finite number, found 1e60",
        "1,two,2,3   | b | '1, two, 2, 3' | expected a number, found 'two'",
        "1,2,,3      | c | '1, 2, null, 3' | the row has no value there (too few columns, or null)",
        "1,2,3       | d | '1, 2, 3, null' | the row has no value there (too few columns, or null)"
      })
  void namesABadRow(String line, String column, String beginning, String reason)
      throws IOException {
    List<String> lines =
        new ArrayList<>(IntStream.range(0, 20).mapToObj(i -> i + ",1,2,3").toList());
    lines.set(13, line);
    Path place = folder.resolve("bad-" + Math.abs(line.hashCode()));
    assertThatThrownBy(() -> draw(TestData.csvLines(place, lines, 2), 5, 2))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "Cannot read data in %s/part-1.csv at column '%s' of the row that begins '%s': %s"
                .formatted(place, column, beginning, reason));
  }

  @Test
  void aMissingColumnIsNamedWithTheNearest() throws IOException {
    DataSource there = TestData.csv(folder.resolve("columns"), DATA, 1);
    DataSource source =
        TestData.source("csv", Path.of(there.path()), List.of("a", "bb", "cc", "d"));
    assertThatThrownBy(() -> draw(source, 5, 2))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "Cannot read data in '%s': it lacks 2 of 4 features: unknown column 'bb', did you mean 'b'? (its 4 columns are a, b, c, d)"
                .formatted(there.path()));
  }

  @Test
  void anArrayOfAnotherLengthIsABadRow() {
    List<double[]> rows = new ArrayList<>(DATA);
    rows.set(7, new double[] {1, 2, 3});
    DataSource source = TestData.arrays(folder.resolve("lengths"), rows, 2);
    assertThatThrownBy(() -> draw(source, 5, 2))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("Cannot read data in " + folder.resolve("lengths"))
        .hasMessageContaining("at column 'pixels' of the row that begins 'ArraySeq(1.0, 2.0, 3.0)'")
        .hasMessageEndingWith("wrong length of the array (expected 4, found 3)");
  }

  @Test
  void nanInAnArrayIsABadRow() {
    List<double[]> rows = new ArrayList<>(DATA);
    rows.set(7, new double[] {1, 2, 3, Double.NaN});
    DataSource source = TestData.arrays(folder.resolve("array-nan"), rows, 2);
    assertThatThrownBy(() -> draw(source, 5, 2))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("at column 'pixels[3]'")
        .hasMessageEndingWith("expected a finite number, found NaN");
  }

  @Test
  void wrongNumberOfFeaturesIsAnError() throws IOException {
    DataSource there = TestData.csv(folder.resolve("number"), DATA, 1);
    DataSource source = TestData.source("csv", Path.of(there.path()), List.of("a", "b"));
    assertThatThrownBy(() -> draw(source, 5, 2))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "Cannot make samples of shape [2, 2] of '%s': wrong number of features (expected 4, found 2)"
                .formatted(there.path()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "parquet"})
  void missingDataIsAnError(String format) {
    DataSource source = TestData.source(format, folder.resolve("nowhere"), TestData.COLUMNS);
    assertThatThrownBy(() -> draw(source, 5, 2))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "Cannot read data in '%s': there is no such file or folder"
                .formatted(folder.resolve("nowhere")));
  }

  @Test
  void csvReadAsParquetIsAnError() throws IOException {
    DataSource there = TestData.csv(folder.resolve("format"), DATA, 1);
    DataSource source = TestData.source("parquet", Path.of(there.path()), TestData.COLUMNS);
    assertThatThrownBy(() -> draw(source, 5, 2))
        .isInstanceOf(InputException.class)
        .hasMessageMatching(
            "Cannot read data in '\\Q%s\\E': .*part-0.csv is not a Parquet file. Expected magic .*"
                .formatted(there.path()));
  }

  @Test
  void aDamagedParquetFileIsAnError() throws IOException {
    Path place = folder.resolve("damaged");
    DataSource source = TestData.parquet(place, DATA, 1);
    try (Stream<Path> files = Files.list(place)) {
      Path file = files.filter(path -> path.toString().endsWith(".parquet")).findFirst().get();
      byte[] bytes = Files.readAllBytes(file);
      Arrays.fill(bytes, 4, 60, (byte) 0xff);
      Files.write(file, bytes);
      Files.deleteIfExists(place.resolve("." + file.getFileName() + ".crc"));
    }
    assertThatThrownBy(() -> draw(source, 5, 2))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("Cannot read data in '%s': ".formatted(place));
  }

  @Test
  void dataThatChangeBetweenTwoPassesAreNoticed() throws IOException {
    DataSource source = TestData.csv(folder.resolve("changing"), DATA, 1);
    Sample sample = sample(source, 25, 4);
    Path file = folder.resolve("changing/part-0.csv");
    // As long as before, since Spark knows the length.
    Files.writeString(file, Files.readString(file).replace("0.1", "0.2"));
    assertThatThrownBy(() -> SparkFailures.explained(() -> collect(sample)))
        .isInstanceOf(InputException.class)
        .hasMessageMatching(
            "Cannot sample '\\Q%s\\E': it has changed since its rows were chosen \\(expected \\d of them in micro-batch \\d, found 0\\)"
                .formatted(source.path()));
  }

  @Test
  void dataThatGoOrAreDamagedBetweenTwoPassesAreNoticed() throws IOException {
    Path place = folder.resolve("going");
    Sample sample = sample(TestData.parquet(place, DATA, 1), 25, 4);
    Path file;
    try (Stream<Path> files = Files.list(place)) {
      file = files.filter(path -> path.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
    Files.deleteIfExists(place.resolve("." + file.getFileName() + ".crc"));
    Files.write(file, new byte[(int) Files.size(file)]);
    assertThatThrownBy(() -> SparkFailures.explained(() -> collect(sample)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(file.getFileName() + " is not a Parquet file");
    Files.delete(file);
    assertThatThrownBy(() -> SparkFailures.explained(() -> collect(sample)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(file.getFileName().toString());
  }

  /** Two columns to three inputs: ids with their mask, and numbers normalised per channel. */
  @Test
  void severalInputsByName() throws IOException {
    Path file = folder.resolve("inputs.json");
    Files.writeString(
        file,
        """
        {"ids": [9007199254740993, 7], "pixels": [1, 3, 5, 7]}
        {"ids": [3, 2, 1], "pixels": [0, 0, 0, 0]}
        """);
    DataSource source =
        new DataSource(
            "json",
            file.toString(),
            List.of(
                new DataInput(
                    "ids",
                    List.of("ids"),
                    Shape.of(3),
                    1,
                    List.of(),
                    List.of(),
                    List.of(-1.0),
                    "mask"),
                new DataInput(
                    "x",
                    List.of("pixels"),
                    Shape.of(2, 2),
                    2,
                    List.of(1.0, 2.0),
                    List.of(0.5, 4.0),
                    List.of(),
                    "")),
            Map.of());
    Map<String, ElementType> types =
        Map.of("ids", ElementType.I64, "mask", ElementType.F32, "x", ElementType.F32);
    Sample sample = new Sampler(TestSpark.session(), source, SEED).draw(types, settings(2, 1));
    Map<Long, MicroBatch> byFirstId = new TreeMap<>();
    sample.microBatches().map(StagePart::start).collect().stream()
        .map(StagePart::next)
        .forEach(batch -> byFirstId.put(batch.tensor("ids").bytes().getLong(0), batch));
    assertThat(byFirstId).containsOnlyKeys(9007199254740993L, 3L);
    MicroBatch padded = byFirstId.get(9007199254740993L);
    assertThat(padded.tensor("ids"))
        .isEqualTo(TensorValue.ofLongs(Shape.of(1, 3), new long[] {9007199254740993L, 7, -1}));
    assertThat(padded.tensor("mask").toFloats()).containsExactly(1, 1, 0);
    assertThat(padded.tensor("x").shape()).isEqualTo(Shape.of(1, 2, 2));
    assertThat(padded.tensor("x").toFloats()).containsExactly(2, 10, 2, 3);
    assertThat(byFirstId.get(3L).tensor("mask").toFloats()).containsExactly(1, 1, 1);
  }

  /** LIBSVM holds sparse vectors; what they leave out is 0. */
  @Test
  void sparseVectorsAreSamples() throws IOException {
    Path file = folder.resolve("sparse.libsvm");
    Files.writeString(file, "1 2:0.5 4:-3\n");
    DataSource source = TestData.source("libsvm", file, List.of("features"));
    source = new DataSource("libsvm", source.path(), source.inputs(), Map.of("numFeatures", "4"));
    assertThat(draw(source, 1, 1).rows().get(0)).containsExactly(0, 0.25f, 0, -1.5f);
  }

  @Test
  void orcGivesTheSame() {
    Dataset<Row> rows = TestSpark.session().read().parquet(parquet());
    Path orc = folder.resolve("orc");
    rows.repartition(3).write().orc(orc.toString());
    assertThat(draw(TestData.source("orc", orc, TestData.COLUMNS), 25, 4)).isEqualTo(reference);
  }

  private String parquet() {
    return TestData.parquet(folder.resolve("for-orc"), DATA, 2).path();
  }

  /** Avro is a module of Spark that is there or not. */
  @Test
  void avroIsReadWhereSparkHasIt() {
    DataSource avro = TestData.source("avro", folder, TestData.COLUMNS);
    assertThatThrownBy(() -> draw(avro, 25, 4))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("Cannot read data in '%s': ".formatted(folder))
        .hasMessageContaining("Avro is built-in but external data source module");
  }

  @Test
  void aQueryIsASource() throws IOException {
    DataSource there = TestData.csv(folder.resolve("sql"), DATA, 2);
    String query =
        "select double(_c0) a, double(_c1) b, double(_c2) c, double(_c3) d from csv.`%s` where _c0 <> 'a'"
            .formatted(there.path());
    assertThat(draw(new DataSource("sql", query, there.inputs(), Map.of()), 25, 4))
        .isEqualTo(reference);
  }

  private static DataSource named(DataSource source) {
    return new DataSource(
        source.format(),
        source.path(),
        source.inputs().stream().map(input -> input.named("x")).toList(),
        source.options());
  }

  private static LsuvSettings settings(int batch, int microBatch) {
    return new LsuvSettings(
        batch,
        microBatch,
        1,
        Optional.empty(),
        Measure.OUTPUT,
        Statistic.LAYER,
        FusedBlocks.TOGETHER,
        Optional.empty(),
        Optional.of(0),
        10);
  }

  private static Drawn draw(DataSource source, int batch, int microBatch) {
    return collect(sample(source, batch, microBatch));
  }

  private static Sample sample(DataSource source, int batch, int microBatch) {
    return new Sampler(TestSpark.session(), named(source), SEED)
        .draw(INPUT, settings(batch, microBatch));
  }

  private static Drawn collect(Sample sample) {
    // Alone a micro-batch is not among the classes that Kryo knows: it never travels alone.
    List<MicroBatch> microBatches =
        sample.microBatches().map(StagePart::start).collect().stream()
            .map(StagePart::next)
            .toList();
    return new Drawn(sample.digest(), microBatches);
  }

  private static float[] scaled(double[] row) {
    float[] scaled = new float[row.length];
    for (int i = 0; i < row.length; i++) {
      scaled[i] = (float) (row[i] * 0.5);
    }
    return scaled;
  }

  private static Map<String, Integer> counts(List<float[]> rows) {
    Map<String, Integer> counts = new TreeMap<>();
    rows.forEach(row -> counts.merge(Arrays.toString(row), 1, Integer::sum));
    return counts;
  }
}
