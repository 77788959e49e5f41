package dev.kindling.calibrate;

import java.util.List;

/**
 * What a calibration was and what it did; a checkpoint's manifest keeps it.
 *
 * @param settings how it ran
 * @param checkRows number of rows that checked the result
 * @param skippedRows number of rows of the dataset that were bad and left out
 * @param sampleDigest SHA-256 (hex) over the sample's rows in their order
 * @param environment what the forward arithmetic depends on, besides the recipe
 * @param layers one result per layer, in the order of the graph
 */
public record Calibration(
    LsuvSettings settings,
    int checkRows,
    long skippedRows,
    String sampleDigest,
    Environment environment,
    List<LayerResult> layers) {
  public Calibration {
    layers = List.copyOf(layers);
  }

  /**
   * What forward passes ran on. Other values may change the last bits of a scale.
   *
   * @param runtime name and version of what runs stages
   * @param cpu processor type
   */
  public record Environment(String runtime, String cpu) {}
}
