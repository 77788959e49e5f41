package dev.kindling.calibrate;

import java.util.List;

/**
 * What a calibration was and what it did; a checkpoint's manifest keeps it.
 *
 * @param settings how it ran
 * @param checkRows number of rows that checked the result
 * @param skippedRows number of rows of the dataset that were bad and left out
 * @param sampling how rows became a sample
 * @param sampleDigest SHA-256 (hex) over the sample's rows in their order
 * @param environment what the forward arithmetic depends on, besides the recipe
 * @param layers one result per layer, in the order of the graph
 */
public record Calibration(
    LsuvSettings settings,
    int checkRows,
    long skippedRows,
    Sampling sampling,
    String sampleDigest,
    Environment environment,
    List<LayerResult> layers) {
  public Calibration {
    layers = List.copyOf(layers);
  }

  /**
   * How rows became a sample, where that is more than a choice by their hashes.
   *
   * @param pipeline folder of the PipelineModel that they went through first, empty for none
   * @param stratify column whose values keep their share, empty for none
   */
  public record Sampling(String pipeline, String stratify) {
    /** By their hashes alone. */
    public static final Sampling PLAIN = new Sampling("", "");
  }

  /**
   * What forward passes ran on. Other values may change the last bits of a scale.
   *
   * @param runtime name and version of what runs stages
   * @param cpu processor type
   */
  public record Environment(String runtime, String cpu) {}
}
