package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.spark.Cluster;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Option;

/** Where executors share what they compute for each other. */
final class ScratchOptions {
  @Option(
      names = "--scratch",
      paramLabel = "DIR",
      description =
          "Folder that all executors reach, where they share what the rows of tall orthogonal matrices have in common;"
              + " emptied at the end. Unset: this machine's folder for temporary files if everything runs here,"
              + " otherwise every executor computes all of it.")
  private Optional<String> scratch = Optional.empty();

  /** Creates the folder; there may be none. */
  Optional<Path> folder(Cluster cluster) {
    return cluster.scratch(scratch.map(dir -> OutputOptions.files(dir, Cluster.hadoop())));
  }

  /**
   * Returns the folder for what cannot do without.
   *
   * @throws ConfigurationException if there is none
   */
  static Path required(Optional<Path> folder, String what) {
    return folder.orElseThrow(
        () ->
            new ConfigurationException(
                "Cannot %s on a cluster without --scratch DIR, a folder that all executors reach"
                    .formatted(what)));
  }
}
