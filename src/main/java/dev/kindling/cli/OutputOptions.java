package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.ExistingOutput;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Option;

/** What all commands that write a checkpoint take. */
final class OutputOptions {
  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder of the checkpoint, instead of the configuration's output.path.")
  private Optional<String> out = Optional.empty();

  @Option(
      names = "--overwrite",
      description =
          "Replaces another checkpoint in that folder; the old one stays readable until the new one is complete.")
  private boolean overwrite;

  /** Returns the files of the checkpoint to be written. */
  CheckpointFiles files(Configuration configuration, org.apache.hadoop.conf.Configuration hadoop) {
    String folder =
        out.or(() -> configuration.output().path())
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "Cannot write a checkpoint: no folder is named; give --out DIR or output.path in %s"
                            .formatted(configuration.source())));
    return files(folder, hadoop);
  }

  /** Returns the files of the checkpoint to be written, where there is no configuration. */
  CheckpointFiles files(org.apache.hadoop.conf.Configuration hadoop) {
    return files(
        out.orElseThrow(
            () ->
                new ConfigurationException(
                    "Cannot write a checkpoint: no folder is named; give --out DIR")),
        hadoop);
  }

  /** Returns what to do with a checkpoint that is in the way. */
  ExistingOutput existing() {
    return overwrite ? ExistingOutput.OVERWRITE : ExistingOutput.REFUSE;
  }

  /** Returns the files of the checkpoint in a folder. */
  static CheckpointFiles files(String folder, org.apache.hadoop.conf.Configuration hadoop) {
    try {
      Path path = new Path(folder);
      return CheckpointFiles.of(path.getFileSystem(hadoop), path);
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigurationException("Cannot reach '%s': %s".formatted(folder, e.getMessage()));
    }
  }
}
