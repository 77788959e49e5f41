package dev.kindling.cli;

import com.sun.management.ThreadMXBean;
import dev.kindling.base.PlainText;
import dev.kindling.base.UserException;
import dev.kindling.calibrate.CalibrationJson;
import dev.kindling.calibrate.RunHeader;
import dev.kindling.checkpoint.ManifestJson;
import dev.kindling.media.IdxReader;
import dev.kindling.media.ImageDecoder;
import dev.kindling.media.PixelLayout;
import dev.kindling.model.Shape;
import dev.kindling.reader.ModelReader;
import dev.kindling.recipe.RecipeJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Each kind of file that others may have made: valid examples, and what reads it. */
record FuzzTarget(String name, List<byte[]> examples, FuzzTarget.Reading reading) {
  static final List<FuzzTarget> ALL =
      List.of(
          new FuzzTarget(
              "CONFIGURATION",
              FuzzExamples.configurations(),
              file -> ConfigurationReader.read(text(file), "c.yaml", List.of())),
          new FuzzTarget(
              "LAYERS",
              FuzzExamples.files(
                  "conf/models/digits-cnn.yaml", "conf/models/mlp.yaml", "conf/models/llama.yaml"),
              file -> ModelReader.read(file, "m.yaml")),
          new FuzzTarget(
              "SHAPES",
              FuzzExamples.texts(
                  "{\"conv.weight\": [8, 3, 3, 3], \"conv.bias\": [8], \"fc.weight\": [10, 8]}"),
              file -> ModelReader.read(file, "m.json")),
          new FuzzTarget(
              "SAFETENSORS_INDEX",
              FuzzExamples.texts(
                  "{\"metadata\": {}, \"weight_map\": {\"a\": \"a.st\", \"b\": \"b.st\"}}"),
              file -> ModelReader.read(file, "m.json")),
          new FuzzTarget(
              "SAFETENSORS",
              FuzzExamples.safetensors(),
              file -> ModelReader.read(file, "m.safetensors")),
          new FuzzTarget(
              "ONNX",
              FuzzExamples.files(
                  "src/test/resources/models/tied-torchscript.onnx",
                  "src/test/resources/models/cnn-weightless.onnx",
                  "src/test/resources/models/tokens-weightless.onnx"),
              file -> ModelReader.read(file, "m.onnx")),
          new FuzzTarget(
              "RECIPE",
              FuzzExamples.files("src/test/resources/golden/recipe/recipe.json"),
              file -> RecipeJson.parse(text(file), "r.json")),
          new FuzzTarget(
              "MANIFEST",
              FuzzExamples.manifests(),
              file -> ManifestJson.parse(FuzzExamples.sealed(file), "m.json")),
          new FuzzTarget(
              "CALIBRATION",
              FuzzExamples.calibrations(),
              file -> CalibrationJson.parse(text(file), "calibration.json")),
          new FuzzTarget(
              "JOURNAL",
              FuzzExamples.journals(),
              file -> RunHeader.parse(text(file), "journal.json")),
          new FuzzTarget("SHARD", FuzzExamples.shards(), FuzzExamples::readShard),
          new FuzzTarget(
              "IMAGE",
              FuzzExamples.images(),
              file -> new ImageDecoder(PixelLayout.NCHW, Shape.of(3, 8, 8)).decode(file)),
          new FuzzTarget(
              "IDX",
              FuzzExamples.idx(),
              file -> {
                IdxReader records = new IdxReader(new ByteArrayInputStream(file), "d.idx");
                IntStream.range(0, 3).filter(i -> records.hasNext()).forEach(i -> records.next());
              }));

  private static final long MOST_BYTES = 256L << 20;

  /** The largest picture that is decoded, 16 bits for each of four channels, and a copy. */
  private static final long MOST_IMAGE_BYTES = 16 * ImageDecoder.MAX_PIXELS;

  private static final int LONGEST_MESSAGE = 5_000;

  /** Reads a file, or throws what a command turns into a line and an exit code. */
  interface Reading {
    void read(byte[] file) throws IOException;
  }

  void read(byte[] file) throws IOException {
    reading.read(file);
  }

  /**
   * Reads a file that is anything.
   *
   * @throws AssertionError if something else came out than a value or a refusal, or more was
   *     allocated than any such file may need
   */
  void survive(byte[] file) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    problems(file).forEach(this::requireReadable);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    long most =
        Math.max(MOST_BYTES, isImage() ? MOST_IMAGE_BYTES : 2L * IdxReader.MAX_RECORD_BYTES);
    if (allocated > most) {
      throw new AssertionError(
          "%s allocated %d bytes (expected at most %d)".formatted(this, allocated, most));
    }
  }

  private Stream<String> problems(byte[] file) {
    try {
      reading.read(file);
      return Stream.empty();
    } catch (UserException refused) {
      return refused.problems().stream();
    } catch (IOException | RuntimeException | Error e) {
      // An image is one cell of a dataset, whose reader adds the place.
      if (isImage() && e instanceof IllegalArgumentException) {
        return Stream.of(e.getMessage());
      }
      throw new AssertionError(this + " threw what no command explains", e);
    }
  }

  private void requireReadable(String problem) {
    if (problem.isBlank() || problem.length() > LONGEST_MESSAGE) {
      throw new AssertionError(
          "%s: a message of %d characters: %s"
              .formatted(this, problem.length(), PlainText.abbreviated(problem)));
    }
  }

  private boolean isImage() {
    return name.equals("IMAGE");
  }

  @Override
  public String toString() {
    return name;
  }

  private static String text(byte[] file) {
    return new String(file, StandardCharsets.UTF_8);
  }
}
