package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.preset.OutputBias;
import dev.kindling.preset.Preset;
import dev.kindling.spark.Cluster;
import dev.kindling.spark.DataSource;
import java.util.List;

/** Reads the labels that the preset output_bias takes its numbers from. */
final class OutputLabels {
  private OutputLabels() {}

  /**
   * Returns whether a configuration has a preset whose labels are still to be read.
   *
   * @throws ConfigurationException if it does not say where they are
   */
  static boolean areNeeded(Configuration configuration) {
    boolean needed = configuration.init().presets().stream().anyMatch(OutputLabels::isOpen);
    if (needed && source(configuration).label().isEmpty()) {
      throw missing(configuration);
    }
    return needed;
  }

  /** Returns a configuration whose presets know the labels. */
  static Configuration read(Configuration configuration, Cluster cluster) {
    List<Preset> presets =
        configuration.init().presets().stream()
            .map(
                preset ->
                    isOpen(preset) ? read((OutputBias) preset, configuration, cluster) : preset)
            .toList();
    return configuration.withInit(configuration.init().withPresets(presets));
  }

  private static Preset read(OutputBias preset, Configuration configuration, Cluster cluster) {
    return preset.on(cluster.labels(source(configuration), preset.of()));
  }

  private static boolean isOpen(Preset preset) {
    return preset instanceof OutputBias bias && bias.labels().isEmpty();
  }

  private static DataSource source(Configuration configuration) {
    return configuration
        .lsuv()
        .map(Configuration.Lsuv::data)
        .orElseThrow(() -> missing(configuration));
  }

  private static ConfigurationException missing(Configuration configuration) {
    return new ConfigurationException(
        "Cannot take labels for preset output_bias: %s names no column (expected lsuv.data.label beside format, path and features)"
            .formatted(configuration.source()));
  }
}
