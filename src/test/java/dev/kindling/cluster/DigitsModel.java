package dev.kindling.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Configurations that calibrate a model on the handwritten digits of {@code conf}. */
final class DigitsModel {
  private static final Path QUICKSTART = Path.of("conf/quickstart.yaml");
  private static final Path DIGITS = Path.of("conf/data/digits.csv").toAbsolutePath();

  private DigitsModel() {}

  /**
   * Writes one, and returns it.
   *
   * @param layers as the layer YAML has them
   */
  static Path write(Path folder, String name, int microBatch, String layers) {
    return write(folder, name, microBatch, layers, DIGITS);
  }

  /** The same over digits of one's own. */
  static Path write(Path folder, String name, int microBatch, String layers, Path digits) {
    Path config = folder.resolve(name + ".yaml");
    try {
      Files.writeString(
          folder.resolve(name + "-model.yaml"),
          "name: %s%ninput: {name: image, shape: [1, 8, 8]}%nlayers:%n%s".formatted(name, layers));
      Files.writeString(
          config,
          Files.readString(QUICKSTART)
              .replace("models/digits-cnn.yaml", name + "-model.yaml")
              .replace("data/digits.csv", digits.toString())
              .replace("micro-batch: 32", "micro-batch: " + microBatch));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return config;
  }

  /** Returns dense layers of 64 units with a rectifier behind each, and a last one of ten. */
  static String dense(int count) {
    StringBuilder layers = new StringBuilder("  - flatten\n");
    for (int i = 1; i < count; i++) {
      layers.append("  - dense: {name: fc%d, out: 64}%n  - relu%n".formatted(i));
    }
    return layers.append("  - dense: {name: fc%d, out: 10}%n".formatted(count)).toString();
  }
}
