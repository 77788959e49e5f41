package dev.kindling.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.InputException;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.forward.MicroBatch;
import dev.kindling.media.ImageDecoder;
import dev.kindling.media.PixelLayout;
import dev.kindling.model.ElementType;
import dev.kindling.model.Shape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad rows, strata, repeated rows, and sources whose rows are files or parts of them. */
class SampleRulesTest {
  private static final Map<String, ElementType> INPUT = Map.of("x", ElementType.F32);
  private static final Shape IMAGE = Shape.of(1, 2, 3);
  private static final int IMAGES = 40;

  @TempDir static Path folder;

  @Test
  void badRowsAreCountedAndLeftOut() throws IOException {
    List<String> lines = lines(100);
    Sample good = draw(TestData.csvLines(folder.resolve("good"), lines, 2), 30);
    lines.add(20, "1,NaN,2,3");
    lines.add(90, "1,2,3");
    DataSource bad = TestData.csvLines(folder.resolve("bad"), lines, 3);
    Sample without = draw(bad.withMaxBadShare(0.02), 30);
    assertThat(without.digest()).isEqualTo(good.digest());
    assertThat(rows(without).toArray(float[][]::new))
        .isDeepEqualTo(rows(good).toArray(float[][]::new));
    assertThat(without.rows().good()).isEqualTo(100);
    assertThat(without.rows().bad()).isEqualTo(2);
    assertThat(without.rows().problem())
        .isEqualTo(
            "Cannot read data in %s/part-0.csv at column 'b' of the row that begins '1, NaN, 2, 3': expected a finite number, found NaN"
                .formatted(folder.resolve("bad")));
    assertThatThrownBy(() -> draw(bad.withMaxBadShare(0.019), 30))
        .isInstanceOfSatisfying(
            InputException.class,
            e ->
                assertThat(e.problems())
                    .containsExactly(
                        "Cannot sample '%s': too many of its rows are bad (expected at most a share of 0.019, found 2 of 102); for example:"
                            .formatted(bad.path()),
                        without.rows().problem()));
    assertThatThrownBy(() -> draw(bad.withMaxBadShare(0.5), 101))
        .hasMessageContaining("it has only 100");
  }

  /** A class of one row in ten has one row in ten of any beginning, to within a row. */
  @Test
  void strataHaveTheirShares() throws IOException {
    List<String> lines = IntStream.range(0, 200).mapToObj(i -> i + ",1," + rare(i) + ",3").toList();
    DataSource source = TestData.csvLines(folder.resolve("strata"), lines, 3).stratifiedBy("c");
    for (int batch : new int[] {10, 25, 60, 200}) {
      long rare = rows(draw(source, batch)).stream().filter(row -> row[2] > 0).count();
      assertThat(rare).as("of %d", batch).isBetween((batch - 5) / 10L, (batch + 15) / 10L);
    }
    List<String> other = new ArrayList<>(lines);
    Collections.reverse(other);
    DataSource reversed = TestData.csvLines(folder.resolve("strata-reversed"), other, 1);
    assertThat(draw(reversed.stratifiedBy("c"), 25).digest())
        .isEqualTo(draw(source, 25).digest())
        .isNotEqualTo(draw(reversed, 25).digest());
  }

  @Test
  void strataAreChecked() throws IOException {
    List<String> lines = lines(20);
    lines.add("1,2,3,4");
    DataSource source = TestData.csvLines(folder.resolve("no-strata"), lines, 1);
    assertThatThrownBy(() -> draw(source.stratifiedBy("e"), 5))
        .hasMessage(
            "Cannot read data in '%s': it lacks 1 of 1 strata: unknown column 'e', did you mean 'a'? (its 4 columns are a, b, c, d)"
                .formatted(source.path()));
    DataSource withNull =
        new DataSource(
                "sql",
                "select double(_c0) x, nullif(_c1, '2') kind from csv.`%s` where _c0 <> 'a'"
                    .formatted(source.path()),
                List.of(DataInput.only(List.of("x"), Shape.of(1), 1)),
                Map.of())
            .stratifiedBy("kind");
    assertThatThrownBy(() -> draw(withNull, 5))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("at column 'kind' of the row that begins '1.0, null': ")
        .hasMessageEndingWith("the row has no value there (too few columns, or null)");
  }

  /** Half of all rows are equal: so is about half of a small sample. */
  @Test
  void aRowThatIsRepeatedOftenKeepsItsShare() throws IOException {
    List<String> lines = lines(400);
    IntStream.range(0, 400).forEach(i -> lines.add("9,9,9,9"));
    DataSource source = TestData.csvLines(folder.resolve("repeated"), lines, 2);
    long repeated = rows(draw(source, 40)).stream().filter(row -> row[1] == 4.5f).count();
    // Binomial(40, 1/2): outside with a chance of 1e-6; the seed is fixed.
    assertThat(repeated).isBetween(5L, 35L);
  }

  /** The same bytes as columns, as records of IDX files and as files give the same sample. */
  @Test
  void recordsAndFilesAreRows() throws IOException {
    byte[][] images = images();
    Path place = Files.createDirectories(folder.resolve("files"));
    List<String> lines = new ArrayList<>(List.of("p0,p1,p2,p3,p4,p5"));
    for (int i = 0; i < IMAGES; i++) {
      lines.add(String.join(",", numbers(images[i])));
      Files.write(Files.createDirectories(place.resolve("raw")).resolve(i + ".bin"), images[i]);
      Files.write(
          Files.createDirectories(place.resolve("png")).resolve(i + ".png"), png(images[i]));
    }
    Path csv = Files.write(place.resolve("rows.csv"), lines);
    Path idx = place.resolve("train-images-idx3-ubyte.gz");
    Files.write(idx, idx(images));
    String digest =
        draw(source("csv", csv, List.of("p0", "p1", "p2", "p3", "p4", "p5"), List.of()), 16)
            .digest();
    List<ImageDecoder> decoder = List.of(new ImageDecoder(PixelLayout.NCHW, IMAGE));
    assertThat(
            List.of(
                source("idx", idx, List.of("features"), List.of()),
                source("idx", place.resolve("*-idx3-*"), List.of("features"), List.of()),
                source("binaryFile", place.resolve("raw"), List.of("content"), List.of()),
                source("image", place.resolve("png"), List.of("content"), decoder)))
        .allSatisfy(source -> assertThat(draw(source, 16).digest()).isEqualTo(digest));
  }

  @Test
  void labelsOfIdxFilesLieBesideThem() throws IOException {
    byte[][] images = images();
    Path place = Files.createDirectories(folder.resolve("labelled"));
    Path file = place.resolve("t10k-images-idx3-ubyte.gz");
    Files.write(file, idx(images));
    DataSource source = source("idx", file, List.of("features"), List.of());
    assertThatThrownBy(() -> draw(source.stratifiedBy("label"), 8))
        .hasMessageContaining("unknown column 'label' (its 1 columns are features)");
    Path labels = place.resolve("t10k-labels-idx1-ubyte.gz");
    Files.write(labels, zipped(labels(IMAGES - 1)));
    assertThatThrownBy(() -> draw(source, 8))
        .hasMessageMatching(
            "Cannot read data in '.*t10k-labels-idx1-ubyte.gz': wrong number of labels for '.*' \\(expected 40, found 39\\)");
    Files.write(labels, zipped(labels(IMAGES)));
    long first =
        rows(draw(source.stratifiedBy("label"), 8)).stream().filter(row -> row[0] < 10).count();
    assertThat(first).isEqualTo(4);
  }

  @Test
  void filesThatAreNoSamplesAreBadRows() throws IOException {
    Path place = Files.createDirectories(folder.resolve("broken"));
    for (int i = 0; i < 9; i++) {
      Files.write(place.resolve(i + ".png"), png(images()[i]));
    }
    Files.writeString(place.resolve("notes.txt"), "no image");
    DataSource source =
        source(
            "image", place, List.of("content"), List.of(new ImageDecoder(PixelLayout.NCHW, IMAGE)));
    String problem =
        "Cannot read data in %s at column 'content' of the row that begins '8 bytes': 8 bytes are no image of a known format (expected PNG, JPEG, GIF, BMP or TIFF)"
            .formatted(place.resolve("notes.txt"));
    assertThatThrownBy(() -> draw(source, 4)).hasMessage(problem);
    assertThat(draw(source.withMaxBadShare(0.1), 9).rows()).isEqualTo(new Tally(9, 1, problem));
    Path idx =
        Files.write(place.resolve("x-images-idx3-ubyte"), new byte[] {0, 0, 8, 1, 0, 0, 0, 9});
    assertThatThrownBy(() -> draw(source("idx", place, List.of("features"), List.of()), 4))
        .hasMessageContaining("it is a folder (expected IDX files, for example ");
    assertThatThrownBy(() -> draw(source("idx", idx, List.of("features"), List.of()), 4))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith("it ends within record 0 of 9");
    assertThatThrownBy(
            () -> draw(source("idx", place.resolve("n*"), List.of("features"), List.of()), 4))
        .hasMessageEndingWith("it is no IDX file (its first bytes are 6e6f2069)");
    assertThatThrownBy(
            () ->
                draw(
                    source(
                        "csv",
                        place.resolve("notes.txt"),
                        List.of("no image"),
                        source.inputs().get(0).images()),
                    4))
        .hasMessageEndingWith(
            "column 'no image' has the wrong type (expected one column of bytes, found string)");
  }

  private static int rare(int i) {
    return i % 10 == 3 ? 1 : 0;
  }

  private static List<String> lines(int count) {
    return new ArrayList<>(IntStream.range(0, count).mapToObj(i -> i + ",1,2,3").toList());
  }

  private static DataSource source(
      String format, Path path, List<String> features, List<ImageDecoder> images) {
    return new DataSource(
        format,
        path.toString(),
        List.of(
            new DataInput("x", features, IMAGE, 0.5, List.of(), List.of(), List.of(), "", images)),
        Map.of());
  }

  private static byte[][] images() {
    byte[][] images = new byte[IMAGES][];
    for (int i = 0; i < IMAGES; i++) {
      images[i] = new byte[] {(byte) i, (byte) (255 - i), 0, 127, (byte) 128, (byte) (i * i)};
    }
    return images;
  }

  private static List<String> numbers(byte[] image) {
    return IntStream.range(0, image.length)
        .mapToObj(i -> String.valueOf(Byte.toUnsignedInt(image[i])))
        .toList();
  }

  private static byte[] png(byte[] pixels) throws IOException {
    BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setDataElements(0, 0, 3, 2, pixels);
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    ImageIO.write(image, "png", encoded);
    return encoded.toByteArray();
  }

  private static byte[] idx(byte[][] images) throws IOException {
    ByteBuffer file = ByteBuffer.allocate(16 + images.length * 6);
    file.putInt(0x803).putInt(images.length).putInt(2).putInt(3);
    Arrays.stream(images).forEach(file::put);
    return zipped(file.array());
  }

  private static byte[] labels(int count) {
    ByteBuffer file = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
    IntStream.range(0, count).forEach(i -> file.put((byte) (i / 20)));
    return file.array();
  }

  private static byte[] zipped(byte[] file) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream stream = new GZIPOutputStream(zipped)) {
      stream.write(file);
    }
    return zipped.toByteArray();
  }

  private static Sample draw(DataSource source, int batch) {
    DataSource named =
        source.withInputs(source.inputs().stream().map(input -> input.named("x")).toList());
    return new Sampler(TestSpark.session(), named, 42).draw(INPUT, new LsuvSettings(batch, 7, 1));
  }

  private static List<float[]> rows(Sample sample) {
    List<float[]> rows = new ArrayList<>();
    for (StagePart part : sample.microBatches().map(StagePart::start).collect()) {
      MicroBatch batch = part.next();
      float[] values = batch.tensor("x").toFloats();
      int width = values.length / (int) batch.tensor("x").shape().dim(0);
      for (int i = 0; i < values.length; i += width) {
        rows.add(Arrays.copyOfRange(values, i, i + width));
      }
    }
    return rows.subList(0, sample.layout().batch());
  }
}
