package dev.kindling.cli;

import dev.kindling.base.Sha256;
import dev.kindling.calibrate.Calibration;
import dev.kindling.calibrate.CalibrationJson;
import dev.kindling.calibrate.FreshVariance;
import dev.kindling.calibrate.LayerResult;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.calibrate.RunHeader;
import dev.kindling.checkpoint.SampleCheckpoint;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;

/** Valid files of every kind. */
final class FuzzExamples {
  private static final String CONFIGURATION =
      """
      model: {graph: m.onnx, shapes: s.json}
      seed: 42
      init:
        convention: torch
        default: {truncated_normal: {mean: 0, std: 0.02, low: -2, high: 2}}
        preset: [gpt2, fixup]
        rules:
          - {match: "head.*", role: dense, scheme: {normal: {std: 0.01}}, parts: [1, 2]}
          - {role: bias, scheme: zeros}
          - {match: rnn, scheme: {looks_linear: {base: {orthogonal: {gain: relu}}}}}
      lsuv:
        data:
          format: csv
          path: d.csv
          inputs: {a: {features: [p0..p3], shape: [2, 2], mean: [0.5], std: 0.25}}
          options: {sep: ";"}
          bad-rows: skip
        batch: 512
        micro-batch: 32
        target-variance: 1.0
      output: {path: out, shard-bytes: 1GiB, dtype: bf16, codec: zstd, codec-level: 3}
      """;

  private static final Path CHECKPOINT = checkpoint();

  private FuzzExamples() {}

  static List<byte[]> configurations() {
    return Stream.concat(files("conf/quickstart.yaml").stream(), texts(CONFIGURATION).stream())
        .toList();
  }

  static List<byte[]> safetensors() {
    String header =
        "{\"__metadata__\": {\"format\": \"pt\"}, \"a\": {\"dtype\": \"F32\", \"shape\": [2, 3], \"data_offsets\": [0, 24]}, \"b\": {\"dtype\": \"BF16\", \"shape\": [1], \"data_offsets\": [24, 26]}}";
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + text.length + 26).order(ByteOrder.LITTLE_ENDIAN);
    return List.of(file.putLong(text.length).put(text).array());
  }

  /** Without their last lines, the checksum. */
  static List<byte[]> manifests() {
    String json = new String(file(CHECKPOINT.resolve("manifest.json")), StandardCharsets.UTF_8);
    return texts(json.substring(0, json.lastIndexOf(',')));
  }

  /** Returns a manifest whose checksum is right, whatever it holds. */
  static byte[] sealed(byte[] unsealed) {
    String blank = ",\n  \"checksum\" : \"" + "0".repeat(64) + "\"\n}\n";
    byte[] file = join(unsealed, blank);
    return join(unsealed, blank.replace("0".repeat(64), Sha256.hex(file)));
  }

  static List<byte[]> calibrations() {
    LayerResult layer =
        new LayerResult(
            "conv1",
            "conv1.weight",
            1L << 40,
            -0.1,
            0.3,
            1,
            1.1e-7,
            3,
            Optional.of(new FreshVariance(1.02, 0.9, 1.1)),
            "",
            "a note");
    return texts(
        CalibrationJson.toJson(
            new Calibration(
                new LsuvSettings(512, 32, 1),
                480,
                7,
                new Calibration.Sampling("models/scaler", "digit"),
                "ab".repeat(32),
                here(),
                List.of(layer))));
  }

  static List<byte[]> journals() {
    LsuvSettings settings = new LsuvSettings(512, 32, 1);
    return texts(new RunHeader("ab".repeat(32), settings, "cd".repeat(32), here()).toJson());
  }

  private static Calibration.Environment here() {
    return new Calibration.Environment("onnxruntime 1.28.0", "amd64 fma avx2");
  }

  static List<byte[]> shards() {
    return List.of(file(shard()));
  }

  /** Puts a file in the place of a shard, and reads what the manifest says to be in it. */
  static void readShard(byte[] file) throws IOException {
    Files.write(shard(), file);
    dev.kindling.checkpoint.Checkpoint checkpoint =
        dev.kindling.checkpoint.Checkpoint.open(CHECKPOINT.toString());
    for (String tensor : List.of("conv.weight", "größe.bias", "scalar")) {
      checkpoint.read(tensor, (start, values) -> {});
    }
  }

  private static Path shard() {
    try (Stream<Path> files = Files.walk(CHECKPOINT)) {
      return files.filter(file -> file.endsWith("part-00000.parquet")).findFirst().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path checkpoint() {
    try {
      Path folder = Files.createTempDirectory("kindling-fuzz");
      SampleCheckpoint.write(folder);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<byte[]> images() {
    String folder = "src/test/resources/golden/images/";
    List<byte[]> images =
        new ArrayList<>(
            files(
                Stream.of(
                        "rgb.png",
                        "palette.png",
                        "deep.png",
                        "smooth.jpg",
                        "grey.jpg",
                        "palette.gif",
                        "rgb.bmp")
                    .map(name -> folder + name)
                    .toArray(String[]::new)));
    ByteArrayOutputStream tiff = new ByteArrayOutputStream();
    try {
      ImageIO.write(new BufferedImage(9, 7, BufferedImage.TYPE_INT_RGB), "tiff", tiff);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    images.add(tiff.toByteArray());
    return images;
  }

  /** Plain and gzipped. */
  static List<byte[]> idx() {
    byte[] plain = ByteBuffer.allocate(16 + 36).putInt(0x803).putInt(4).putInt(3).putInt(3).array();
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.of(plain, zipped.toByteArray());
  }

  static List<byte[]> files(String... names) {
    return Arrays.stream(names).map(name -> file(Path.of(name))).toList();
  }

  static List<byte[]> texts(String... texts) {
    return Stream.of(texts).map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
  }

  private static byte[] file(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] join(byte[] start, String end) {
    byte[] rest = end.getBytes(StandardCharsets.UTF_8);
    byte[] joined = Arrays.copyOf(start, start.length + rest.length);
    System.arraycopy(rest, 0, joined, start.length, rest.length);
    return joined;
  }
}
