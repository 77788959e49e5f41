package dev.kindling.cli;

import dev.kindling.forward.TensorValue;
import dev.kindling.model.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The shipped digits, and samples of them drawn without Spark. */
final class Digits {
  static final Path CSV = Path.of("conf/data/digits.csv");
  static final String SOURCE =
      "{format: csv, path: %s, features: [p0..p63], shape: [1, 8, 8], scale: 0.0625}"
          .formatted(CSV.toAbsolutePath());

  private Digits() {}

  /** Returns the lines behind the header. */
  static List<String> lines() {
    try {
      List<String> lines = Files.readAllLines(CSV);
      return lines.subList(1, lines.size());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String header() {
    try {
      return Files.readAllLines(CSV).get(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the rows of least keyed hash, as the sampling rule has it. */
  static TensorValue sample(long seed, int batch) {
    return sample(seed, 0, batch);
  }

  /** Returns the rows from one rank to another. */
  static TensorValue sample(long seed, int from, int to) {
    TreeMap<String, float[]> ranked = new TreeMap<>();
    Map<String, Integer> seen = new HashMap<>();
    for (String line : lines()) {
      float[] row = row(line);
      ByteBuffer bytes = ByteBuffer.allocate(8 + 4 * row.length).putLong(seed);
      bytes.order(ByteOrder.LITTLE_ENDIAN);
      for (float value : row) {
        bytes.putFloat(value);
      }
      String content = hash(bytes.array());
      int occurrence = seen.merge(content, 1, Integer::sum) - 1;
      String rank = hash((content + ":" + occurrence).getBytes(StandardCharsets.US_ASCII));
      ranked.put(rank + content, row);
    }
    return batch(ranked.values().stream().limit(to).skip(from).toList());
  }

  private static TensorValue batch(List<float[]> rows) {
    float[] all = new float[rows.size() * 64];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, all, i * 64, 64);
    }
    return TensorValue.ofFloats(Shape.of(rows.size(), 1, 8, 8), all);
  }

  static float[] row(String line) {
    String[] fields = line.split(",");
    float[] row = new float[64];
    for (int i = 0; i < 64; i++) {
      row[i] = (float) (Double.parseDouble(fields[i]) * 0.0625);
    }
    return row;
  }

  /** Writes the digits to several CSV files. */
  static void write(Path folder, List<String> lines, int files) throws IOException {
    Files.createDirectories(folder);
    for (int file = 0; file < files; file++) {
      List<String> part = new ArrayList<>(List.of(header()));
      part.addAll(lines.subList(file * lines.size() / files, (file + 1) * lines.size() / files));
      Files.write(folder.resolve("part-" + file + ".csv"), part);
    }
  }

  private static String hash(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(Arrays.copyOf(digest, 16));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
