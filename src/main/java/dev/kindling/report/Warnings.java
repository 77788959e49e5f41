package dev.kindling.report;

import dev.kindling.calibrate.Calibration;
import dev.kindling.calibrate.LayerResult;
import dev.kindling.checkpoint.ManifestTensor;
import dev.kindling.recipe.RecipeEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What someone should know before using a checkpoint. */
final class Warnings {
  /** Larger factors, and smaller than the inverse, are rare enough to be looked at. */
  private static final double LARGE_SCALE = 100;

  /** Standard errors; a false alarm in some 10^9 tensors. */
  private static final double ERRORS = 6;

  private static final long FEW = 100;

  private Warnings() {}

  static List<String> of(CheckpointSubject subject) {
    List<String> warnings = new ArrayList<>();
    subject
        .calibration()
        .ifPresent(
            calibration ->
                calibration.layers().forEach(layer -> layer(layer, calibration, warnings)));
    subject
        .calibration()
        .map(Calibration::skippedRows)
        .filter(rows -> rows > 0)
        .ifPresent(
            rows ->
                warnings.add(Words.format("%,d rows of the dataset were bad and left out.", rows)));
    for (RecipeEntry entry : subject.recipe().entries()) {
      subject
          .tensor(entry.tensor())
          .flatMap(tensor -> deviation(entry, tensor))
          .ifPresent(warnings::add);
    }
    return warnings;
  }

  private static void layer(LayerResult layer, Calibration calibration, List<String> warnings) {
    double target = calibration.settings().targetVariance();
    if (layer.isLeftAlone()) {
      warnings.add("Layer '%s' was left alone: %s.".formatted(layer.layer(), layer.leftAlone()));
    } else if (layer.scale() > LARGE_SCALE || layer.scale() < 1 / LARGE_SCALE) {
      warnings.add(
          "Layer '%s' took a factor of %s: its input or its start is far from unit variance."
              .formatted(layer.layer(), Words.number(layer.scale())));
    }
    layer
        .fresh()
        .filter(fresh -> !layer.isLeftAlone() && !fresh.covers(target))
        .ifPresent(
            fresh ->
                warnings.add(
                    "On fresh rows the variance of layer '%s' is %s (%s to %s), not %s: a larger lsuv.batch brings it closer."
                        .formatted(
                            layer.layer(),
                            Words.number(fresh.variance()),
                            Words.number(fresh.low()),
                            Words.number(fresh.high()),
                            Words.number(target))));
  }

  /** Values whose deviation is not that of their scheme: this should never happen. */
  private static Optional<String> deviation(RecipeEntry entry, ManifestTensor tensor) {
    long count = tensor.shape().elementCount();
    if (!Double.isFinite(tensor.mean()) || !Double.isFinite(tensor.std())) {
      return Optional.of("Tensor '%s' holds values that are not finite.".formatted(entry.tensor()));
    }
    if (count < FEW) {
      return Optional.empty();
    }
    return SchemeDensity.of(entry)
        .filter(SchemeDensity::isOneLaw)
        .map(SchemeDensity::std)
        .filter(std -> Math.abs(tensor.std() / std - 1) * Math.sqrt(2.0 * count) > ERRORS)
        .map(
            std ->
                "Tensor '%s' has a standard deviation of %s, its scheme %s; with %,d values they should agree better."
                    .formatted(
                        entry.tensor(), Words.number(tensor.std()), Words.number(std), count));
  }
}
