package dev.kindling.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.base.ConfigurationException;
import dev.kindling.checkpoint.CheckpointLayout;
import dev.kindling.checkpoint.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How a checkpoint is written, for commands without a configuration. */
final class LayoutOptions {
  @Option(
      names = "--dtype",
      paramLabel = "f32|f64|f16|bf16",
      description = "Element type. Default: the manifest's, else f32.")
  private Optional<String> dtype = Optional.empty();

  @Option(
      names = "--shard-bytes",
      paramLabel = "SIZE",
      description = "Values in a file at most, such as 256MiB. Default: the manifest's, else 1GiB.")
  private Optional<String> shardBytes = Optional.empty();

  @Option(
      names = "--codec",
      paramLabel = "uncompressed|zstd",
      description = "How pages are compressed. Default: the manifest's, else not.")
  private Optional<String> codec = Optional.empty();

  @Option(
      names = "--encoding",
      paramLabel = "plain|byte-stream-split",
      description =
          "How pages hold values; Spark 4.1 cannot read byte-stream-split by default. Default: the manifest's, else"
              + " plain.")
  private Optional<String> encoding = Optional.empty();

  /** Returns the layout. */
  CheckpointLayout layout(Optional<Manifest> manifest) {
    Optional<CheckpointLayout> found = manifest.map(Manifest::layout);
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    dtype.or(() -> found.map(it -> it.dtype().label())).ifPresent(it -> node.put("dtype", it));
    shardBytes
        .or(() -> found.map(it -> String.valueOf(it.shardBytes())))
        .ifPresent(it -> node.put("shard-bytes", it));
    codec.or(() -> found.map(it -> it.codec().label())).ifPresent(it -> node.put("codec", it));
    if (codec.isEmpty()) {
      found.ifPresent(it -> putLevel(node, it));
    }
    encoding
        .or(() -> found.filter(it -> dtype.isEmpty()).map(it -> it.encoding().label()))
        .ifPresent(it -> node.put("encoding", it));
    List<String> problems = new ArrayList<>();
    CheckpointLayout layout =
        OutputReader.layout(Section.root(node, "of the command line", problems));
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return layout;
  }

  private static void putLevel(ObjectNode node, CheckpointLayout layout) {
    if (layout.codecLevel() != layout.codec().defaultLevel()) {
      node.put("codec-level", layout.codecLevel());
    }
  }
}
