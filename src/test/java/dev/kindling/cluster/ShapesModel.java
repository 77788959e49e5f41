package dev.kindling.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Configurations of models that are shapes alone. */
final class ShapesModel {
  private ShapesModel() {}

  /**
   * Writes one, and returns it.
   *
   * @param tensors how many tensors of 2 MiB
   * @param shardMebibytes size of a shard
   */
  static Path write(Path folder, int tensors, int shardMebibytes) {
    String shapes =
        IntStream.range(0, tensors)
            .mapToObj("\"layer%d.weight\": [512, 1024]"::formatted)
            .collect(Collectors.joining(", ", "{", "}"));
    Path config = folder.resolve("model-%d.yaml".formatted(tensors));
    try {
      Files.writeString(folder.resolve("model-%d.json".formatted(tensors)), shapes);
      Files.writeString(
          config,
          "model: model-%d.json\nseed: 1\ninit: {default: he_normal}\noutput: {shard-bytes: %dMiB}\n"
              .formatted(tensors, shardMebibytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return config;
  }
}
